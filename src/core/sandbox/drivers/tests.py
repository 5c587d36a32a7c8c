"""Runs one Python program as HumanEval-Infilling's own harness does, and reports the result.

Standard input is JSON: `source`, `seconds`, `packages` (the folders of installed packages), and
`word`, which only this driver knows; the report is that word and the result, last on standard output.
"""

import builtins
import contextlib
import faulthandler
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

FILE = "<string>"


class TimeoutException(Exception):
    pass


class Silence(io.StringIO):
    """Discards what is printed; reading fails."""

    def read(self, *args, **kwargs):
        raise OSError("programs under test have no input")

    readline = readlines = read

    def readable(self, *args, **kwargs):
        return False


class redirect_stdin(contextlib._RedirectStream):
    _stream = "stdin"


def prepare(source):
    """Imports what the reference loads beforehand; it cannot be imported later."""
    tempfile.gettempdir()
    for name in ("multiprocessing.managers", "concurrent.futures.thread"):
        if name.partition(".")[0] in source:
            __import__(name)


def take_away():
    """Disables what the reference disables, so that programs that need it fail here too."""
    faulthandler.disable()
    os.environ["OMP_NUM_THREADS"] = "1"
    away = {
        builtins: "exit quit help",
        os: "kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename "
        "renames truncate replace unlink fchmod fchown chmod chown chroot lchflags lchmod lchown "
        "getcwd chdir",
        shutil: "rmtree move chown",
        subprocess: "Popen",
    }
    for module, names in away.items():
        for name in names.split():
            setattr(module, name, None)
    for name in ("ipdb", "joblib", "resource", "psutil", "tkinter"):
        sys.modules[name] = None


def out_of_time(number, frame):
    raise TimeoutException("Timed out!")


def describe(error, source):
    """Formats the error, with the line of the program that raised it."""
    lines = source.splitlines()
    place = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == FILE and 0 < number <= len(lines):
            place = f"line {number}: {lines[number - 1].strip()}\n"
    if isinstance(error, SyntaxError) and error.lineno and error.filename == FILE:
        place = f"line {error.lineno}: {(error.text or '').strip()}\n"
    return place + "".join(traceback.format_exception_only(type(error), error))


def main():
    # Saved because the program may replace them.
    write, leave, report, errors = os.write, os._exit, os.dup(1), os.dup(2)
    task = json.loads(sys.stdin.buffer.read())
    source, word = task["source"], task["word"]
    sys.path += task["packages"]
    prepare(source)
    take_away()
    code, failure = None, None
    try:
        stream = Silence()
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream), redirect_stdin(stream):
            signal.setitimer(signal.ITIMER_REAL, task["seconds"])
            signal.signal(signal.SIGALRM, out_of_time)
            try:
                code = compile(source, FILE, "exec", dont_inherit=True)
                exec(code, {})
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        result = b"passed"
    except TimeoutException as error:
        result, failure = b"timed_out", error
    except MemoryError as error:
        result, failure = b"out_of_memory", error
    except BaseException as error:
        result, failure = b"failed" if code else b"does_not_compile", error
    # Does not wait for threads that the program left running, nor run its exit handlers.
    try:
        if failure is not None:
            write(errors, describe(failure, source).encode("utf-8", "replace")[-4000:])
    except BaseException:
        pass
    write(report, b"\n" + word.encode() + b" " + result + b"\n")
    leave(0)


main()
