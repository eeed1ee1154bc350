"""Scan files: HDF5, its integrity and its layout."""
