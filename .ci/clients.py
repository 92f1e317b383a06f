"""Install the AWS CLI and the AWS SDK for JavaScript into a folder, and run the tests of the server that use them.

    python .ci/clients.py FOLDER [arguments of pytest]

The CLI has an environment of its own, as it holds to a botocore of its own. Without Node.js its test is skipped.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path


def main(folder: Path, *arguments: str) -> int:
    scripts = folder / "awscli" / ("Scripts" if os.name == "nt" else "bin")
    venv.create(folder / "awscli", with_pip=True, clear=True)
    subprocess.run([scripts / "python", "-m", "pip", "install", "-q", "awscli"], check=True)
    javascript = folder / "javascript"
    javascript.mkdir(exist_ok=True)
    npm = shutil.which("npm")
    if npm:
        options = ["--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([npm, "install", "--prefix", javascript, *options, "@aws-sdk/client-sfn"], check=True)
    environment = {"SFN_MOCK_AWS_CLI": str(scripts / "aws"), "SFN_MOCK_JAVASCRIPT": str(javascript)}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "tests/http_server/test_other_clients.py", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
