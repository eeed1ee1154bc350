"""What is done with the model: run cards, grids, bands, files, plots, the command line."""
