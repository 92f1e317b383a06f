"""Check types, rules and format of the page's JavaScript, where there is Node.js.

It also installs axe-core, which the page's tests ask where it is there.
"""

from __future__ import annotations

import shutil
import subprocess


def main() -> None:
    npm = shutil.which("npm")
    if npm is None:
        print("left out: no Node.js and npm on this machine")
        return
    for arguments in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "--silent", "check"]):
        subprocess.run([npm, *arguments], check=True)


if __name__ == "__main__":
    main()
