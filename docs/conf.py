"""Sphinx settings: make docs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "jt3r"
author = "The jt3r developers"
extensions = ["myst_parser", "mathml", "from_registry"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_ext"]
html_theme = "furo"
html_title = "jt3r"
html_static_path = ["_static"]
html_css_files = ["wide_tables.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_copyright = False
