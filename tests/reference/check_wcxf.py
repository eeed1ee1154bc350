"""Check a WCxf file that jt3r wrote with the wcxf and wilson packages (in FLAVIO's environment).

    python tests/reference/check_wcxf.py FILE

Validates the file against the definition of the basis, loads it into a Wilson object, and prints what that object has
at 4.8 GeV.
"""

import sys

from wilson import Wilson, wcxf

with open(sys.argv[1]) as f:
    wc = wcxf.WC.load(f)
wc.validate()
point = Wilson(wc.dict, wc.scale, wc.eft, wc.basis)
low = point.match_run(4.8, "WET", "flavio")
print(wc.eft, wc.basis, wc.scale, wc.dict)
print({name: value.real for name, value in low.dict.items() if name.startswith("C") and abs(value) > 1e-4})
