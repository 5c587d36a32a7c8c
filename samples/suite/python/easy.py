#: Easy fill-in-the-middle tasks in Python: the missing text follows from the lines around it.
#: Every task is a program with one hole, wrong fillings that its test must reject (mutants),
#: and the test, which runs after the filled program and passes if it ends without an exception.
#: task header_line
def parse_header(line):
    """Split a header line such as "Content-Type: text/html" into a pair.

    The name ends at the first colon; the value may hold further colons.
    The name comes back in lower case, and both parts without outer spaces.
    A line without a colon is not a header: ValueError.
    """
    if ":" not in line:
        raise ValueError(f"no colon in header line {line!r}")
«    name, value = line.split(":", 1)
»    return name.strip().lower(), value.strip()
#: mutant
    value, name = line.split(":", 1)
#: mutant
    name, value = line.rsplit(":", 1)
#: mutant
    name, value = line.split(":")
#: mutant
    name, value = line.split(": ", 1)
#: mutant
    name, value = line.split(None, 1)
#: test
assert parse_header("Content-Type: text/html") == ("content-type", "text/html")
assert parse_header("Host: example.org:8080") == ("host", "example.org:8080")
assert parse_header("Date:Mon, 10:20:30 ") == ("date", "Mon, 10:20:30")
assert parse_header("  X-Empty  :") == ("x-empty", "")
assert parse_header(": value") == ("", "value")
assert parse_header(":") == ("", "")
for bad in ["", "no colon here"]:
    try:
        parse_header(bad)
    except ValueError:
        pass
    else:
        raise AssertionError(f"{bad!r} was accepted")
#: task page_count
def page_count(total_items, page_size):
    """Return how many pages are needed to show every item.

    The last page may be only partly filled; no items need no page.
    """
    if page_size < 1:
        raise ValueError("a page holds at least one item")
    return «(total_items + page_size - 1) // page_size»


def page_bounds(page, total_items, page_size):
    """Return the half-open range of item indexes on a page, counted from 1."""
    first = (page - 1) * page_size
    return first, min(first + page_size, total_items)
#: mutant
total_items // page_size
#: mutant
total_items // page_size + 1
#: mutant
(total_items + page_size) // page_size
#: mutant
total_items / page_size
#: mutant
round(total_items / page_size)
#: mutant
max(1, (total_items + page_size - 1) // page_size)
#: test
assert page_count(0, 10) == 0
assert page_count(1, 10) == 1
assert page_count(10, 10) == 1
assert page_count(11, 10) == 2
assert page_count(21, 10) == 3
assert page_count(7, 1) == 7
assert page_count(10**18 + 1, 10) == 10**17 + 1
for total in range(30):
    for size in range(1, 8):
        seen = []
        for page in range(1, page_count(total, size) + 1):
            start, end = page_bounds(page, total, size)
            assert start < end
            seen.extend(range(start, end))
        assert seen == list(range(total))
try:
    page_count(3, 0)
except ValueError:
    pass
else:
    raise AssertionError("a page size of 0 was accepted")
#: task merge_settings
def merge_settings(defaults, overrides):
    """Return the defaults with the overrides laid over them.

    An override of None means "not set" and leaves the default as it is; every
    other value counts, also 0, False and "". The arguments stay untouched.
    """
    merged = dict(defaults)
    for key, value in overrides.items():
«        if value is not None:
»            merged[key] = value
    return merged
#: mutant
        if value:
#: mutant
        if value is None:
#: mutant
        if key not in merged:
#: mutant
        if key in defaults:
#: mutant
        if value is not None and key in defaults:
#: test
base = {"theme": "dark", "tabs": 4, "wrap": True, "font": None}
assert merge_settings(base, {}) == base
assert merge_settings({}, {}) == {}
assert merge_settings(base, {"tabs": 2})["tabs"] == 2
assert merge_settings(base, {"tabs": 0})["tabs"] == 0
assert merge_settings(base, {"wrap": False})["wrap"] is False
assert merge_settings(base, {"theme": ""})["theme"] == ""
assert merge_settings(base, {"theme": None}) == base
assert merge_settings(base, {"font": "Mono"})["font"] == "Mono"
assert merge_settings({}, {"new": 1, "gone": None}) == {"new": 1}
assert base == {"theme": "dark", "tabs": 4, "wrap": True, "font": None}
#: task initials
def initials(full_name):
    """Return the capital first letters of all words, each followed by a dot.

    "grace brewster hopper" gives "G.B.H."; a blank name gives "".
    """
    letters = []
    for word in full_name.split():
«        letters.append(word[0].upper() + ".")
»    return "".join(letters)
#: mutant
        letters.append(word[0] + ".")
#: mutant
        letters.append(word[0].upper())
#: mutant
        letters.append(word.upper() + ".")
#: mutant
        letters.append(word[1].upper() + ".")
#: mutant
        letters.append("." + word[0].upper())
#: test
assert initials("grace brewster hopper") == "G.B.H."
assert initials("Ada  Lovelace") == "A.L."
assert initials("plato") == "P."
assert initials("x y") == "X.Y."
assert initials(" Linus\tBenedict Torvalds ") == "L.B.T."
assert initials("élodie 2nd") == "É.2."
assert initials("") == ""
assert initials("   ") == ""
#: task format_duration
def format_duration(seconds):
    """Format whole seconds as "m:ss", or as "h:mm:ss" from one hour on.

    A negative duration has a leading "-".
    """
    sign = "-" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
«    hours, minutes = divmod(minutes, 60)
»    if hours:
        return f"{sign}{hours}:{minutes:02}:{seconds:02}"
    return f"{sign}{minutes}:{seconds:02}"
#: mutant
    hours, minutes = divmod(minutes, 24)
#: mutant
    minutes, hours = divmod(minutes, 60)
#: mutant
    hours, minutes = divmod(seconds, 60)
#: mutant
    hours = minutes // 60
#: mutant
    hours, minutes = divmod(minutes, 3600)
#: test
assert format_duration(0) == "0:00"
assert format_duration(9) == "0:09"
assert format_duration(60) == "1:00"
assert format_duration(1500) == "25:00"
assert format_duration(3599) == "59:59"
assert format_duration(3600) == "1:00:00"
assert format_duration(3661) == "1:01:01"
assert format_duration(7325) == "2:02:05"
assert format_duration(100 * 3600 + 59) == "100:00:59"
assert format_duration(-65) == "-1:05"
assert format_duration(-3605) == "-1:00:05"
#: task word_counts
def top_words(text, limit):
    """Return the most frequent words as (word, count) pairs, at most `limit`.

    Words are separated by white space and compared in lower case. The most
    frequent word comes first; equal counts are in alphabetical order.
    """
    counts = {}
    for word in text.lower().split():
«        counts[word] = counts.get(word, 0) + 1
»    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ranked[:limit]
#: mutant
        counts[word] = counts.get(word, 1) + 1
#: mutant
        counts[word] = counts.get(word, 0)
#: mutant
        counts[word] += 1
#: mutant
        counts[word] = 1
#: mutant
        counts.setdefault(word, 1)
#: mutant
        counts[word] = text.count(word)
#: test
assert top_words("", 3) == []
assert top_words("one", 3) == [("one", 1)]
assert top_words("b a b c a b", 3) == [("b", 3), ("a", 2), ("c", 1)]
assert top_words("b a b c a b", 1) == [("b", 3)]
assert top_words("Tick tock TICK", 5) == [("tick", 2), ("tock", 1)]
assert top_words("z y x", 2) == [("x", 1), ("y", 1)]
assert top_words("an ant and an answer", 1) == [("an", 2)]
assert top_words("a a", 0) == []
#: task mask_card
def mask_card(number):
    """Hide a card number: stars for all digits but the last four.

    Spaces and dashes between the digits are dropped. A number of four digits
    or fewer is hidden completely.
    """
    digits = "".join(char for char in number if char.isdigit())
    if len(digits) <= 4:
        return "*" * len(digits)
    return «"*" * (len(digits) - 4) + digits[-4:]»
#: mutant
"*" * len(digits) + digits[-4:]
#: mutant
"*" * (len(number) - 4) + digits[-4:]
#: mutant
"*" * (len(digits) - 4) + digits[:4]
#: mutant
"*" * (len(digits) - 4) + digits[4:]
#: mutant
digits[:-4] + "*" * 4
#: mutant
"****" + digits[-4:]
#: test
assert mask_card("1234 5678 9012 3456") == "************3456"
assert mask_card("1234-567890-12345") == "***********2345"
assert mask_card("12345") == "*2345"
assert mask_card("98765432") == "****5432"
assert mask_card("1234") == "****"
assert mask_card("1 2") == "**"
assert mask_card("") == ""
#: task ring_buffer_push
class RingBuffer:
    """Remembers the newest `capacity` items; older ones are overwritten."""

    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self._slots = [None] * capacity
        self._next = 0
        self._count = 0

    def push(self, item):
        """Store an item, over the oldest one when the buffer is full."""
        self._slots[self._next] = item
«        self._next = (self._next + 1) % len(self._slots)
»        self._count = min(self._count + 1, len(self._slots))

    def items(self):
        """Return the stored items, oldest first."""
        start = (self._next - self._count) % len(self._slots)
        return [
            self._slots[(start + offset) % len(self._slots)]
            for offset in range(self._count)
        ]
#: mutant
        self._next = self._next + 1
#: mutant
        self._next = (self._next + 1) % (len(self._slots) - 1)
#: mutant
        self._next = (self._next - 1) % len(self._slots)
#: mutant
        self._next = min(self._next + 1, len(self._slots) - 1)
#: mutant
        self._next = (self._next + 1) % (self._count + 1)
#: test
buffer = RingBuffer(3)
assert buffer.items() == []
for number in range(1, 11):
    buffer.push(number)
    assert buffer.items() == list(range(max(1, number - 2), number + 1)), number
single = RingBuffer(1)
single.push("a")
single.push("b")
assert single.items() == ["b"]
repeated = RingBuffer(2)
for value in [5, 5, None]:
    repeated.push(value)
assert repeated.items() == [5, None]
#: task revoke_permission
READ = 1
WRITE = 2
EXECUTE = 4


class Permissions:
    """A set of permissions, kept as bits of one number."""

    def __init__(self, bits=0):
        self.bits = bits

    def grant(self, flags):
        """Add all permissions in flags; those held already stay."""
        self.bits |= flags

    def revoke(self, flags):
        """Take away all permissions in flags; those not held do not matter."""
«        self.bits &= ~flags
»
    def allows(self, flags):
        """Tell whether every permission in flags is held."""
        return self.bits & flags == flags
#: mutant
        self.bits ^= flags
#: mutant
        self.bits &= flags
#: mutant
        self.bits -= flags
#: mutant
        self.bits |= ~flags
#: mutant
        self.bits = ~flags
#: test
for before in range(8):
    for removed in range(8):
        perms = Permissions(before)
        perms.revoke(removed)
        for flag in (READ, WRITE, EXECUTE):
            expected = bool(before & flag) and not removed & flag
            assert perms.allows(flag) == expected, (before, removed, flag)
        assert perms.bits in range(8)
perms = Permissions()
perms.revoke(WRITE)
assert perms.bits == 0
perms.grant(READ | WRITE)
perms.grant(WRITE)
perms.revoke(WRITE)
perms.revoke(WRITE)
assert perms.bits == READ
assert not perms.allows(READ | WRITE)
assert perms.allows(0)
#: task group_by_extension
def group_by_extension(file_names):
    """Group file names by extension, each group in the order given.

    The extension is what follows the last dot, in lower case; a name without
    a dot has the extension "".
    """
    groups = {}
    for name in file_names:
        stem, dot, extension = name.rpartition(".")
«        if not dot:
            extension = ""
        groups.setdefault(extension.lower(), []).append(name)
»    return groups
#: mutant
        if not dot:
            extension = ""
        groups.setdefault(extension, []).append(name)
#: mutant
        groups.setdefault(extension.lower(), []).append(name)
#: mutant
        if not dot:
            extension = ""
        groups[extension.lower()] = [name]
#: mutant
        if not dot:
            continue
        groups.setdefault(extension.lower(), []).append(name)
#: mutant
        if not dot:
            extension = ""
        groups.setdefault(extension.lower(), []).append(stem)
#: mutant
        if not dot:
            extension = ""
        groups.setdefault(extension.lower(), []).insert(0, name)
#: test
assert group_by_extension([]) == {}
assert group_by_extension(["a.txt"]) == {"txt": ["a.txt"]}
assert group_by_extension(["Makefile", "README"]) == {"": ["Makefile", "README"]}
assert group_by_extension(["b.PNG", "a.png", "c.Png"]) == {
    "png": ["b.PNG", "a.png", "c.Png"]
}
assert group_by_extension(["x.tar.gz", "y.gz", "x.tar.gz", "odd."]) == {
    "gz": ["x.tar.gz", "y.gz", "x.tar.gz"],
    "": ["odd."],
}
assert list(group_by_extension(["b.z", "a.y", "c.z"])) == ["z", "y"]
#: task undo_history
class History:
    """A value with undo and redo, as in an editor."""

    def __init__(self, value):
        self.value = value
        self._undo = []
        self._redo = []

    def change(self, value):
        """Set a new value; what was undone before can no longer be redone."""
        self._undo.append(self.value)
        self._redo.clear()
        self.value = value

    def undo(self):
        """Go back to the value before the last change; False if there is none."""
        if not self._undo:
            return False
        self._redo.append(self.value)
        self.value = self._undo.pop()
        return True

    def redo(self):
        """Take back the last undo; False if there is none."""
        if not self._redo:
            return False
«        self._undo.append(self.value)
        self.value = self._redo.pop()
»        return True
#: mutant
        self.value = self._redo.pop()
        self._undo.append(self.value)
#: mutant
        self.value = self._redo.pop()
#: mutant
        self._undo.append(self.value)
        self.value = self._redo[-1]
#: mutant
        self._undo.append(self.value)
        self.value = self._redo.pop(0)
#: mutant
        self._redo.append(self.value)
        self.value = self._undo.pop()
#: test
history = History("")
assert not history.undo() and not history.redo()
assert history.value == ""
for text in ["a", "ab", "abc"]:
    history.change(text)
assert history.undo() and history.undo() and history.undo()
assert history.value == ""
assert not history.undo()
assert history.redo() and history.value == "a"
assert history.redo() and history.value == "ab"
assert history.undo() and history.value == "a"
assert history.redo() and history.value == "ab"
assert history.redo() and history.value == "abc"
assert not history.redo() and history.value == "abc"
assert history.undo() and history.value == "ab"
history.change("x")
assert not history.redo() and history.value == "x"
assert history.undo() and history.value == "ab"
assert history.undo() and history.value == "a"
#: task tag_index
def build_tag_index(pages):
    """Turn a map from page to its tags into a map from tag to its pages.

    The pages of a tag are sorted, and each stands there once even where a page
    repeats a tag.
    """
    index = {}
    for page in sorted(pages):
«        for tag in set(pages[page]):
            index.setdefault(tag, []).append(page)
»    return index
#: mutant
        for tag in pages[page]:
            index.setdefault(tag, []).append(page)
#: mutant
        for tag in set(page):
            index.setdefault(tag, []).append(page)
#: mutant
        for tag in set(pages[page]):
            index[tag] = [page]
#: mutant
        for tag in set(pages[page]):
            index.setdefault(page, []).append(tag)
#: mutant
        for tag in set(pages[page]):
            index.setdefault(tag, set()).add(page)
#: mutant
        for tag in set(pages[page]):
            index.setdefault(tag, []).insert(0, page)
#: test
assert build_tag_index({}) == {}
assert build_tag_index({"home": []}) == {}
assert build_tag_index({"home": ["new"]}) == {"new": ["home"]}
assert build_tag_index({"b": ["x", "y"], "a": ["y"], "c": ["y", "x"]}) == {
    "x": ["b", "c"],
    "y": ["a", "b", "c"],
}
assert build_tag_index({"b": ["x", "x"], "a": ["x", "y", "x"]}) == {
    "x": ["a", "b"],
    "y": ["a"],
}
source = {"p": ["t", "t"]}
build_tag_index(source)
assert source == {"p": ["t", "t"]}
#: task trim_blank_lines
def trim_blank_lines(text):
    """Drop the blank lines at the start and at the end of a text.

    A line of only white space is blank. Blank lines between other lines stay,
    and so does the indentation of the first line.
    """
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
«    while lines and not lines[-1].strip():
        lines.pop()
»    return "\n".join(lines)
#: mutant
    while lines and not lines[-1]:
        lines.pop()
#: mutant
    while not lines[-1].strip():
        lines.pop()
#: mutant
    if lines and not lines[-1].strip():
        lines.pop()
#: mutant
    while lines and lines[-1].strip():
        lines.pop()
#: mutant
    lines = [line for line in lines if line.strip()]
#: mutant
    while lines and not lines[-1].strip():
        lines.pop(0)
#: test
assert trim_blank_lines("") == ""
assert trim_blank_lines("\n \n\t\n") == ""
assert trim_blank_lines("one") == "one"
assert trim_blank_lines("  one  ") == "  one  "
assert trim_blank_lines("\n\n  one\n") == "  one"
assert trim_blank_lines("one\n\n  \n") == "one"
assert trim_blank_lines("\none\n\ntwo\n \n") == "one\n\ntwo"
assert trim_blank_lines(" \n a \n b \n ") == " a \n b "
#: task days_in_month
def is_leap(year):
    """Tell whether a year of the Gregorian calendar has a 29 February."""
    return «year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)»


def days_in_month(year, month):
    """Return the number of days of a month, where January is 1."""
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31
#: mutant
year % 4 == 0
#: mutant
year % 4 == 0 and year % 100 != 0
#: mutant
year % 4 == 0 or (year % 100 != 0 and year % 400 == 0)
#: mutant
year % 4 == 0 and (year % 100 == 0 or year % 400 != 0)
#: mutant
(year % 4 == 0 and year % 100 != 0) or year % 1000 == 0
#: test
assert is_leap(2024) and is_leap(2000) and is_leap(1600) and is_leap(2400)
assert not is_leap(1900) and not is_leap(2100) and not is_leap(3000)
assert not is_leap(2023) and not is_leap(2022)
assert [days_in_month(2023, month) for month in range(1, 13)] == [
    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
]
assert sum(days_in_month(year, 2) == 29 for year in range(1, 401)) == 97
#: task chunked
def chunked(items, size):
    """Yield lists of `size` neighbouring items; the last may be shorter.

    Every item appears exactly once and in order. No items, no lists.
    """
    if size < 1:
        raise ValueError("size must be at least 1")
    items = list(items)
    for start in range(«0, len(items), size»):
        yield items[start:start + size]
#: mutant
0, len(items)
#: mutant
0, len(items) - 1, size
#: mutant
0, len(items) - size, size
#: mutant
0, len(items) + 1, size
#: mutant
0, len(items) // size, size
#: mutant
1, len(items), size
#: test
assert list(chunked([], 3)) == []
assert list(chunked([1], 3)) == [[1]]
assert list(chunked([1], 1)) == [[1]]
assert list(chunked([1, 2, 3], 1)) == [[1], [2], [3]]
assert list(chunked("abcdef", 3)) == [["a", "b", "c"], ["d", "e", "f"]]
assert list(chunked(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
assert list(chunked(range(8), 3)) == [[0, 1, 2], [3, 4, 5], [6, 7]]
assert list(chunked([0, 0, 0, 0], 2)) == [[0, 0], [0, 0]]
for length in range(12):
    for width in range(1, 14):
        parts = list(chunked(range(length), width))
        assert sum(parts, []) == list(range(length))
        assert all(len(part) == width for part in parts[:-1])
        assert all(1 <= len(part) <= width for part in parts)
#: task transfer
class Accounts:
    """Balances in whole cents; an unknown account has the balance 0."""

    def __init__(self):
        self._balances = {}

    def balance(self, owner):
        return self._balances.get(owner, 0)

    def deposit(self, owner, cents):
        if cents <= 0:
            raise ValueError("a deposit must be positive")
        self._balances[owner] = self.balance(owner) + cents

    def transfer(self, source, target, cents):
        """Move cents from one account to another.

        The amount must be positive and the source must hold it all, else
        ValueError, and then no balance changes.
        """
        if cents <= 0:
            raise ValueError("a transfer must be positive")
        if self.balance(source) < cents:
            raise ValueError(f"{source} holds less than {cents}")
«        self._balances[source] = self.balance(source) - cents
        self._balances[target] = self.balance(target) + cents
»
#: mutant
        self._balances[source] = self.balance(source) + cents
        self._balances[target] = self.balance(target) - cents
#: mutant
        self._balances[source] = self.balance(source) - cents
        self._balances[target] = self.balance(source) + cents
#: mutant
        self._balances[source] -= cents
        self._balances[target] += cents
#: mutant
        source_left = self.balance(source) - cents
        self._balances[target] = self.balance(target) + cents
        self._balances[source] = source_left
#: mutant
        self._balances[source] = self.balance(source) - cents
        self._balances[target] = cents
#: mutant
        self._balances[target] = self.balance(target) + cents
#: test
bank = Accounts()
bank.deposit("ann", 1000)
bank.transfer("ann", "bob", 300)
assert (bank.balance("ann"), bank.balance("bob")) == (700, 300)
bank.transfer("bob", "cy", 300)
assert (bank.balance("bob"), bank.balance("cy")) == (0, 300)
bank.transfer("ann", "cy", 1)
assert (bank.balance("ann"), bank.balance("cy")) == (699, 301)
bank.transfer("ann", "ann", 99)
assert bank.balance("ann") == 699
for source, amount in [("ann", 700), ("ann", 0), ("ann", -5), ("nobody", 1)]:
    try:
        bank.transfer(source, "cy", amount)
    except ValueError:
        pass
    else:
        raise AssertionError((source, amount))
assert (bank.balance("ann"), bank.balance("cy")) == (699, 301)
#: task slugify
def slugify(title):
    """Turn a title into the last part of a web address.

    Runs of letters and digits, in lower case, joined by single dashes:
    "Hello, World!" becomes "hello-world". No dash at either end.
    """
    words = []
    current = ""
    for char in title.lower():
        if char.isalnum():
            current += char
        elif current:
            words.append(current)
            current = ""
«    if current:
        words.append(current)
»    return "-".join(words)
#: mutant
    if not current:
        words.append(current)
#: mutant
    if words:
        words.append(current)
#: mutant
    if current:
        words.insert(0, current)
#: mutant
    if current and words:
        words.append(current)
#: mutant
    if current not in words:
        words.append(current)
#: test
assert slugify("Hello, World!") == "hello-world"
assert slugify("Hello, World") == "hello-world"
assert slugify("one") == "one"
assert slugify("--  A -- b2 C--") == "a-b2-c"
assert slugify("the end of the") == "the-end-of-the"
assert slugify("a a a") == "a-a-a"
assert slugify("x") == "x"
assert slugify("") == ""
assert slugify("?!") == ""
#: task fallback_lookup
def resolve(name, scopes):
    """Look a name up in scopes, a list of dicts with the innermost one last.

    The innermost scope that has the name decides, even if its value is None.
    A name that no scope has is a NameError.
    """
«    for scope in reversed(scopes):
»        if name in scope:
            return scope[name]
    raise NameError(f"{name} is not defined")
#: mutant
    for scope in scopes:
#: mutant
    for scope in scopes[1:]:
#: mutant
    for scope in scopes[-1:]:
#: mutant
    for scope in reversed(scopes[:-1]):
#: test
outer, middle, inner = {"x": 1, "y": 2, "w": 9}, {"y": 3, "z": 4}, {"z": None}
assert resolve("x", [outer, middle, inner]) == 1
assert resolve("y", [outer, middle, inner]) == 3
assert resolve("y", [outer, middle]) == 3
assert resolve("z", [outer, middle, inner]) is None
assert resolve("z", [outer, middle]) == 4
assert resolve("w", [outer]) == 9
for names in ([], [{}], [middle, inner]):
    try:
        resolve("x", names)
    except NameError:
        pass
    else:
        raise AssertionError(names)
#: task average_rating
def summarize_ratings(ratings):
    """Return the lowest, the highest and the mean rating as a tuple.

    The mean is rounded to one decimal. Without ratings the answer is None.
    """
    if not ratings:
        return None
    lowest = min(ratings)
    highest = max(ratings)
«    mean = round(sum(ratings) / len(ratings), 1)
»    return lowest, highest, mean
#: mutant
    mean = round(sum(ratings) // len(ratings), 1)
#: mutant
    mean = round(sum(ratings) / len(ratings))
#: mutant
    mean = round((lowest + highest) / 2, 1)
#: mutant
    mean = sum(ratings) / len(ratings)
#: mutant
    mean = round(sum(ratings) / (len(ratings) - 1 or 1), 1)
#: test
assert summarize_ratings([]) is None
assert summarize_ratings([4]) == (4, 4, 4.0)
assert summarize_ratings([1, 5, 5]) == (1, 5, 3.7)
assert summarize_ratings([5, 2, 2, 2, 5]) == (2, 5, 3.2)
assert summarize_ratings([-3, -1, 0]) == (-3, 0, -1.3)
assert summarize_ratings([0, 0]) == (0, 0, 0.0)
assert summarize_ratings([3, 4, 4]) == (3, 4, 3.7)
