#!/usr/bin/env python3
"""Asks a running `redrl serve` about image files, with Python's standard library alone.

    examples/identify.py http://127.0.0.1:8080 a.png b.jpg

REDRL_TOKEN is sent as the token, where it is set. Ends with the code that `redrl identify` would end with: 0 all clean, 3 at least one
attacked, 4 none attacked but at least one unknown, 1 failed.
"""
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

TRIES = 10


def identify(server, file, token=None):
    """What the service says of an image file: a dict as `redrl identify --json` prints it."""
    with open(file, "rb") as opened:
        content = opened.read()
    query = urllib.parse.urlencode({"name": os.path.basename(file)})
    request = urllib.request.Request(f"{server}/api/v1/identify?{query}", data=content, method="POST")
    request.add_header("Content-Type", "application/octet-stream")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for left in reversed(range(TRIES)):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or left == 0:
                raise RuntimeError(json.load(error)["detail"]) from error
            time.sleep(int(error.headers.get("Retry-After", "1")))


def main(server, files):
    codes = []
    for file in files:
        try:
            result = identify(server.rstrip("/"), file, os.environ.get("REDRL_TOKEN"))
        except (OSError, RuntimeError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            codes.append(1)
            continue
        image = result["images"][0]
        sure = "" if image["confidence"] is None else f", {100 * image['confidence']:.1f} %"
        print(f"{file}: {image['label']}{sure}")
        codes.append(result["exit-code"])
    return next((code for code in (3, 1, 4) if code in codes), 0)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
