"""The kinds of scan, a folder each; ``registry`` lists them."""
