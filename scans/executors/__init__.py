"""Where tiles are computed: in this process, in processes started here, on any executor, or on
Dask.
"""
