"""Prints where this Python is and which files it needs, as JSON."""

import json
import os
import sys
import sysconfig

paths = sysconfig.get_paths()
needed = {sys.executable, os.path.realpath(sys.executable)}
# The folder around the standard library: the C modules load their libraries from it.
needed |= {os.path.dirname(paths[name]) for name in ("stdlib", "platstdlib")}
needed |= {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
# Tells a virtual environment which Python it belongs to.
needed |= {os.path.join(sys.prefix, "pyvenv.cfg")}
json.dump(
    {
        "executable": sys.executable,
        "version": "%d.%d.%d" % sys.version_info[:3],
        "needed": sorted(needed),
        "packages": sorted({paths["purelib"], paths["platlib"]}),
    },
    sys.stdout,
)
