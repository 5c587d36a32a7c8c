#: Fill-in-the-middle tasks in Python of medium difficulty: the whole function must be understood.
#: Every task is a program with one hole, wrong fillings that its test must reject (mutants),
#: and the test, which runs after the filled program and passes if it ends without an exception.
#: task csv_fields
def split_csv(line):
    """Split one line of comma-separated values into its fields.

    A field may stand in double quotes and then hold commas; two double quotes
    inside such a field mean one. Quotes that enclose a field are not part of
    it. Spaces are kept. A line always has at least one field.
    """
    fields = []
    field = ""
    quoted = False
    index = 0
    while index < len(line):
        char = line[index]
        if quoted:
            if char != '"':
                field += char
«            elif line[index + 1:index + 2] == '"':
                field += '"'
                index += 1
            else:
                quoted = False
»        elif char == '"':
            quoted = True
        elif char == ",":
            fields.append(field)
            field = ""
        else:
            field += char
        index += 1
    fields.append(field)
    return fields
#: mutant
            else:
                quoted = False
#: mutant
            elif line[index + 1:index + 2] == '"':
                field += '"'
            else:
                quoted = False
#: mutant
            elif line[index + 1:index + 2] == '"':
                field += '""'
                index += 1
            else:
                quoted = False
#: mutant
            elif line[index + 1] == '"':
                field += '"'
                index += 1
            else:
                quoted = False
#: mutant
            elif line[index + 1:index + 2] != ",":
                field += '"'
                index += 1
            else:
                quoted = False
#: mutant
            elif line[index - 1] == '"':
                field += '"'
            else:
                quoted = False
#: test
assert split_csv("") == [""]
assert split_csv("a") == ["a"]
assert split_csv(",") == ["", ""]
assert split_csv("a, b ,,c") == ["a", " b ", "", "c"]
assert split_csv('"a,b",c') == ["a,b", "c"]
assert split_csv('1,"a,b"') == ["1", "a,b"]
assert split_csv('""') == [""]
assert split_csv('"",""') == ["", ""]
assert split_csv('"say ""hi"", now",x') == ['say "hi", now', "x"]
assert split_csv('""""') == ['"']
assert split_csv('"""",""""""') == ['"', '""']
assert split_csv('x,"ends with """') == ["x", 'ends with "']
#: task merge_intervals
def merge_intervals(intervals):
    """Join closed intervals (start, end) that overlap or touch.

    The result is sorted, and no two of its intervals share a point: (1, 3)
    and (3, 5) become (1, 5), while (1, 3) and (4, 5) stay apart.
    """
    merged = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
«            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
»        else:
            merged.append((start, end))
    return merged
#: mutant
            merged[-1] = (merged[-1][0], end)
#: mutant
            merged[-1] = (start, max(merged[-1][1], end))
#: mutant
            merged[-1] = (merged[-1][0], min(merged[-1][1], end))
#: mutant
            merged[-1] = (merged[-1][0], max(merged[-1][1], start))
#: mutant
            merged.append((merged[-1][0], max(merged[-1][1], end)))
#: mutant
            merged[-1] = (min(merged[-1][0], start), merged[-1][1])
#: test
assert merge_intervals([]) == []
assert merge_intervals([(2, 2)]) == [(2, 2)]
assert merge_intervals([(1, 3), (3, 5)]) == [(1, 5)]
assert merge_intervals([(1, 3), (4, 5)]) == [(1, 3), (4, 5)]
assert merge_intervals([(1, 10), (2, 3)]) == [(1, 10)]
assert merge_intervals([(5, 6), (1, 2), (2, 5)]) == [(1, 6)]
assert merge_intervals([(1, 4), (1, 4), (1, 2)]) == [(1, 4)]
assert merge_intervals([(-5, -3), (-4, 0), (7, 9), (8, 8)]) == [(-5, 0), (7, 9)]
assert merge_intervals([(1, 10), (2, 3), (4, 12), (13, 14)]) == [(1, 12), (13, 14)]
#: task lru_cache
from collections import OrderedDict


class LruCache:
    """Keeps the `capacity` entries that were used most recently.

    Reading and writing an entry both count as use. `_entries` is ordered from
    the least to the most recently used.
    """

    def __init__(self, capacity):
        self._capacity = capacity
        self._entries = OrderedDict()

    def get(self, key, default=None):
        if key not in self._entries:
            return default
        self._entries.move_to_end(key)
        return self._entries[key]

    def put(self, key, value):
        self._entries[key] = value
«        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
»
    def keys(self):
        """Return the keys, the least recently used first."""
        return list(self._entries)
#: mutant
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
#: mutant
        self._entries.move_to_end(key)
        if len(self._entries) >= self._capacity:
            self._entries.popitem(last=False)
#: mutant
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem()
#: mutant
        self._entries.move_to_end(key, last=False)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
#: mutant
        if len(self._entries) > self._capacity:
            self._entries.move_to_end(key)
            self._entries.popitem(last=False)
#: mutant
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity + 1:
            self._entries.popitem(last=False)
#: test
cache = LruCache(2)
assert cache.get("a") is None and cache.get("a", 7) == 7
cache.put("a", 1)
cache.put("b", 2)
assert cache.keys() == ["a", "b"]
assert cache.get("a") == 1
cache.put("c", 3)
assert cache.keys() == ["a", "c"] and cache.get("b") is None
cache.put("a", 10)
assert cache.keys() == ["c", "a"]
cache.put("d", 4)
assert cache.keys() == ["a", "d"] and cache.get("a") == 10
single = LruCache(1)
single.put("x", None)
single.put("x", 5)
assert single.get("x") == 5
single.put("y", 6)
assert single.keys() == ["y"]
#: task moving_average
from collections import deque


class MovingAverage:
    """The mean of the last `size` numbers, at constant cost per number."""

    def __init__(self, size):
        if size < 1:
            raise ValueError("size must be at least 1")
        self._size = size
        self._window = deque()
        self._total = 0

    def add(self, number):
        """Take in a number and return the mean of the newest ones."""
        self._window.append(number)
        self._total += number
        if len(self._window) > self._size:
«            self._total -= self._window.popleft()
»        return self._total / len(self._window)
#: mutant
            self._total -= self._window.pop()
#: mutant
            self._total -= self._window[0]
#: mutant
            self._window.popleft()
#: mutant
            self._total -= number
#: mutant
            self._total = self._window.popleft()
#: mutant
            self._total = sum(self._window) - number
#: test
average = MovingAverage(3)
assert [average.add(n) for n in [3, 5, 10, 0, -4, 4, 4, 4]] == [
    3, 4, 6, 5, 2, 0, 4 / 3, 4,
]
single = MovingAverage(1)
assert [single.add(n) for n in [5, 5, -1, 0]] == [5, 5, -1, 0]
numbers = [(7 * n * n) % 23 - 11 for n in range(60)]
for size in range(1, 9):
    window = MovingAverage(size)
    for end, number in enumerate(numbers, 1):
        newest = numbers[max(0, end - size):end]
        assert window.add(number) == sum(newest) / len(newest), (size, end)
try:
    MovingAverage(0)
except ValueError:
    pass
else:
    raise AssertionError("a size of 0 was accepted")
#: task wrap_text
def wrap(text, width):
    """Break a text into lines of at most `width` characters.

    Words are joined by single spaces, and every line takes as many words as
    fit. A word longer than the width stands alone on a line of its own.
    """
    lines = []
    line = ""
    for word in text.split():
        if not line:
            line = word
«        elif len(line) + 1 + len(word) <= width:
»            line += " " + word
        else:
            lines.append(line)
            line = word
    if line:
        lines.append(line)
    return lines
#: mutant
        elif len(line) + 1 + len(word) < width:
#: mutant
        elif len(line) + len(word) <= width:
#: mutant
        elif len(line) + len(word) < width - 1:
#: mutant
        elif len(line) < width:
#: mutant
        elif len(line) + 2 + len(word) <= width:
#: mutant
        elif len(line + word) <= width + 1:
#: test
assert wrap("", 10) == []
assert wrap("   ", 10) == []
assert wrap("word", 4) == ["word"]
assert wrap("ab cd", 5) == ["ab cd"]
assert wrap("ab cd", 4) == ["ab", "cd"]
assert wrap("ab cd ef", 7) == ["ab cd", "ef"]
assert wrap("a  b\nc", 3) == ["a b", "c"]
assert wrap("no extraordinary words", 8) == ["no", "extraordinary", "words"]
assert wrap("the cat sat on the mat", 11) == ["the cat sat", "on the mat"]
assert wrap("a b c", 1) == ["a", "b", "c"]
assert wrap("a b c d", 0) == ["a", "b", "c", "d"]
#: task token_bucket
class TokenBucket:
    """Limits how often something may happen.

    The bucket starts full with `capacity` tokens and gains `rate` tokens per
    second, but never holds more than its capacity. Time is given by the
    caller, in seconds, and never runs backwards.
    """

    def __init__(self, capacity, rate, now=0.0):
        self.capacity = capacity
        self.rate = rate
        self._tokens = capacity
        self._updated = now

    def allow(self, now, cost=1):
        """Take `cost` tokens if they are there and tell whether they were."""
        elapsed = now - self._updated
«        self._tokens = min(self.capacity, self._tokens + elapsed * self.rate)
»        self._updated = now
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True
#: mutant
        self._tokens = self._tokens + elapsed * self.rate
#: mutant
        self._tokens = max(self.capacity, self._tokens + elapsed * self.rate)
#: mutant
        self._tokens = min(self.capacity, elapsed * self.rate)
#: mutant
        self._tokens = min(self.capacity, self._tokens + elapsed / self.rate)
#: mutant
        self._tokens = min(self.capacity, self._tokens + now * self.rate)
#: mutant
        self._tokens = min(self.capacity, self._tokens + int(elapsed) * self.rate)
#: test
bucket = TokenBucket(3, 2, now=10.0)
assert [bucket.allow(10.0) for _ in range(4)] == [True, True, True, False]
assert not bucket.allow(10.25)
assert bucket.allow(10.5)
assert not bucket.allow(10.75)
assert bucket.allow(11.0)
assert [bucket.allow(99.0) for _ in range(5)] == [True] * 3 + [False] * 2
assert not bucket.allow(100.0, cost=3)
assert bucket.allow(100.0, cost=2)
assert bucket.allow(100.0, cost=0)
slow = TokenBucket(1, 0.25)
assert slow.allow(0) and not slow.allow(3) and slow.allow(4) and not slow.allow(7)
carry = TokenBucket(5, 1)
assert carry.allow(0, cost=2) and carry.allow(1, cost=4) and not carry.allow(1)
#: task run_length
def compress(values):
    """Return runs of equal neighbours as (value, length) pairs.

    [7, 7, 2, 7] gives [(7, 2), (2, 1), (7, 1)].
    """
    runs = []
    for value in values:
«        if runs and runs[-1][0] == value:
            runs[-1] = (value, runs[-1][1] + 1)
        else:
            runs.append((value, 1))
»    return runs


def expand(runs):
    """Return the values that `compress` was given."""
    return [value for value, length in runs for _ in range(length)]
#: mutant
        if runs[-1][0] == value:
            runs[-1] = (value, runs[-1][1] + 1)
        else:
            runs.append((value, 1))
#: mutant
        if runs and runs[-1][0] == value:
            runs[-1] = (value, runs[-1][1] + 1)
        else:
            runs.append((value, 0))
#: mutant
        if runs and runs[-1][0] == value:
            runs[-1] = (value, 2)
        else:
            runs.append((value, 1))
#: mutant
        if runs and runs[0][0] == value:
            runs[0] = (value, runs[0][1] + 1)
        else:
            runs.append((value, 1))
#: mutant
        if value in dict(runs):
            runs[-1] = (value, runs[-1][1] + 1)
        else:
            runs.append((value, 1))
#: mutant
        if runs and runs[-1][0] == value:
            runs.append((value, runs[-1][1] + 1))
        else:
            runs.append((value, 1))
#: test
assert compress([]) == []
assert compress([5]) == [(5, 1)]
assert compress([7, 7, 2, 7]) == [(7, 2), (2, 1), (7, 1)]
assert compress("aaabccd") == [("a", 3), ("b", 1), ("c", 2), ("d", 1)]
assert compress([0, 0, 0, 0]) == [(0, 4)]
assert compress([None, None, ""]) == [(None, 2), ("", 1)]
assert compress([1, 2, 1, 2]) == [(1, 1), (2, 1), (1, 1), (2, 1)]
for bits in range(64):
    values = [bits >> shift & 1 for shift in range(6)]
    runs = compress(values)
    assert expand(runs) == values
    assert all(a[0] != b[0] for a, b in zip(runs, runs[1:]))
#: task diff_settings
def diff_settings(old, new):
    """Describe how to get from one dict of settings to another.

    One line per difference, sorted by key: "+ key=value" for a key that is
    only in new, "- key" for one that is only in old, and "~ key=value" with
    the new value for one whose value differs.
    """
    lines = []
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            lines.append(f"+ {key}={new[key]}")
«        elif key not in new:
            lines.append(f"- {key}")
        elif old[key] != new[key]:
            lines.append(f"~ {key}={new[key]}")
»    return lines
#: mutant
        elif key not in new:
            lines.append(f"- {key}")
        elif old[key] != new[key]:
            lines.append(f"~ {key}={old[key]}")
#: mutant
        elif key not in new:
            lines.append(f"- {key}")
        else:
            lines.append(f"~ {key}={new[key]}")
#: mutant
        elif old[key] != new.get(key):
            lines.append(f"~ {key}={new[key]}")
        elif key not in new:
            lines.append(f"- {key}")
#: mutant
        elif not new.get(key):
            lines.append(f"- {key}")
        elif old[key] != new[key]:
            lines.append(f"~ {key}={new[key]}")
#: mutant
        elif key not in new:
            lines.append(f"- {key}={old[key]}")
        elif old[key] != new[key]:
            lines.append(f"~ {key}={new[key]}")
#: mutant
        elif key not in new:
            lines.append(f"- {key}")
        elif old[key] is None or old[key] > new[key]:
            lines.append(f"~ {key}={new[key]}")
#: test
assert diff_settings({}, {}) == []
assert diff_settings({"a": 1}, {"a": 1}) == []
assert diff_settings({}, {"b": 2, "a": 1}) == ["+ a=1", "+ b=2"]
assert diff_settings({"b": 2, "a": 1}, {}) == ["- a", "- b"]
assert diff_settings({"a": 1}, {"a": 2}) == ["~ a=2"]
assert diff_settings({"a": 1}, {"a": 0}) == ["~ a=0"]
assert diff_settings({"a": None}, {}) == ["- a"]
assert diff_settings({"a": 1, "b": 5}, {"a": None, "c": 3}) == [
    "~ a=None",
    "- b",
    "+ c=3",
]
assert diff_settings({"w": 4, "x": "on", "y": 3}, {"z": 1, "y": 3, "x": "off"}) == [
    "- w",
    "~ x=off",
    "+ z=1",
]
#: task backoff_delays
def backoff_delays(attempts, base=0.5, factor=2, cap=30.0):
    """Return the waits in seconds between attempts at a flaky operation.

    The first wait is `base`, each further one `factor` times the one before,
    but none is longer than `cap`. There is a wait between every two attempts
    and none after the last.
    """
    if attempts < 1:
        raise ValueError("at least one attempt is needed")
    return [min(cap, base * factor**retry) for retry in «range(attempts - 1)»]


def total_wait(attempts, **options):
    """Return how long an operation that fails every time waits in all."""
    return sum(backoff_delays(attempts, **options))
#: mutant
range(attempts)
#: mutant
range(1, attempts)
#: mutant
range(attempts - 2)
#: mutant
range(1, attempts + 1)
#: mutant
range(attempts + 1)
#: mutant
reversed(range(attempts - 1))
#: test
assert backoff_delays(1) == []
assert backoff_delays(2) == [0.5]
assert backoff_delays(5) == [0.5, 1.0, 2.0, 4.0]
assert backoff_delays(4, base=1, factor=3, cap=5) == [1, 3, 5]
assert backoff_delays(9)[-2:] == [30.0, 30.0]
assert backoff_delays(3, base=9, cap=4) == [4, 4]
assert backoff_delays(4, factor=1) == [0.5, 0.5, 0.5]
assert total_wait(1) == 0
assert total_wait(4) == 3.5
for bad in (0, -1):
    try:
        backoff_delays(bad)
    except ValueError:
        pass
    else:
        raise AssertionError(bad)
#: task divide_half_even
def divide_half_even(amount, divisor):
    """Divide integers and round to the nearest integer.

    Exactly half way between two integers the even one is taken, as banks do,
    so that errors even out: 5 / 2 gives 2 and 7 / 2 gives 4. The amount may
    be negative; the divisor is positive.
    """
    if divisor <= 0:
        raise ValueError("the divisor must be positive")
    quotient, remainder = divmod(amount, divisor)
    twice = 2 * remainder
«    if twice > divisor or (twice == divisor and quotient % 2 == 1):
»        quotient += 1
    return quotient
#: mutant
    if twice >= divisor:
#: mutant
    if twice > divisor:
#: mutant
    if twice > divisor or (twice == divisor and quotient % 2 == 0):
#: mutant
    if twice > divisor or (remainder == divisor and quotient % 2 == 1):
#: mutant
    if twice >= divisor and quotient % 2 == 1:
#: mutant
    if twice > divisor or quotient % 2 == 1:
#: mutant
    if twice > divisor or (twice == divisor and quotient > 0):
#: test
from fractions import Fraction

assert [divide_half_even(n, 2) for n in range(-7, 8)] == [
    -4, -3, -2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2, 3, 4,
]
assert divide_half_even(0, 5) == 0
assert divide_half_even(24, 10) == 2 and divide_half_even(26, 10) == 3
assert divide_half_even(25, 10) == 2 and divide_half_even(35, 10) == 4
assert divide_half_even(10**30 + 5, 10) == 10**29
for amount in range(-60, 61):
    for divisor in range(1, 13):
        expected = round(Fraction(amount, divisor))
        assert divide_half_even(amount, divisor) == expected, (amount, divisor)
#: task replay_stock
def replay(events):
    """Return the stock of every product after a list of events.

    ("receive", product, n) adds n pieces and ("ship", product, n) takes n
    away; ("count", product, n) is a stocktaking: there are n pieces, whatever
    was thought before. Shipping more than there is, or an unknown kind of
    event, is a ValueError. Products without any piece left are not listed.
    """
    stock = {}
    for kind, product, pieces in events:
        held = stock.get(product, 0)
        if kind == "receive":
            stock[product] = held + pieces
        elif kind == "ship":
            if pieces > held:
                raise ValueError(f"only {held} of {product} to ship")
            stock[product] = held - pieces
«        elif kind == "count":
            stock[product] = pieces
        else:
            raise ValueError(f"unknown event {kind!r}")
»    return {product: pieces for product, pieces in stock.items() if pieces}
#: mutant
        elif kind == "count":
            stock[product] = held + pieces
        else:
            raise ValueError(f"unknown event {kind!r}")
#: mutant
        else:
            stock[product] = pieces
#: mutant
        elif kind == "count":
            stock[product] = max(held, pieces)
        else:
            raise ValueError(f"unknown event {kind!r}")
#: mutant
        elif kind == "count":
            if product in stock:
                stock[product] = pieces
        else:
            raise ValueError(f"unknown event {kind!r}")
#: mutant
        elif kind == "count":
            stock[product] = pieces
        else:
            raise KeyError(f"unknown event {kind!r}")
#: mutant
        elif kind == "count":
            if pieces != held:
                raise ValueError(f"counted {pieces} of {product}, not {held}")
        else:
            raise ValueError(f"unknown event {kind!r}")
#: test
assert replay([]) == {}
assert replay([("receive", "nut", 5)]) == {"nut": 5}
assert replay([("receive", "nut", 5), ("ship", "nut", 5)]) == {}
assert replay([("receive", "nut", 5), ("receive", "nut", 5)]) == {"nut": 10}
assert replay([("count", "nut", 3)]) == {"nut": 3}
assert replay([("receive", "nut", 5), ("count", "nut", 3)]) == {"nut": 3}
assert replay([("receive", "nut", 5), ("count", "nut", 0)]) == {}
assert replay([("count", "a", 1), ("receive", "b", 2), ("count", "a", 4)]) == {
    "a": 4,
    "b": 2,
}
assert replay([("count", "a", 3), ("ship", "a", 1), ("receive", "a", 4)]) == {"a": 6}
for bad in (
    [("ship", "nut", 1)],
    [("receive", "nut", 5), ("count", "nut", 3), ("ship", "nut", 4)],
    [("lose", "nut", 1)],
    [("", "nut", 0)],
):
    try:
        replay(bad)
    except ValueError:
        pass
    else:
        raise AssertionError(bad)
#: task add_months
from calendar import monthrange
from datetime import date


def add_months(day, months):
    """Return the date a number of months later, or earlier if negative.

    The day of the month stays, except where the new month is too short for
    it: then its last day is taken, so 31 January plus one month is the end
    of February.
    """
«    years, month_index = divmod(day.month - 1 + months, 12)
»    year = day.year + years
    month = month_index + 1
    last_day = monthrange(year, month)[1]
    return date(year, month, min(day.day, last_day))
#: mutant
    years, month_index = divmod(day.month + months, 12)
#: mutant
    years, month_index = divmod(months, 12)
#: mutant
    years, month_index = 0, (day.month - 1 + months) % 12
#: mutant
    month_index, years = divmod(day.month - 1 + months, 12)
#: mutant
    years, month_index = months // 12, (day.month - 1 + months) % 12
#: mutant
    years, month_index = divmod(day.month + 1 + months, 12)
#: test
start = date(2023, 1, 31)
assert add_months(start, 0) == start
assert add_months(start, 1) == date(2023, 2, 28)
assert add_months(start, 3) == date(2023, 4, 30)
assert add_months(start, 11) == date(2023, 12, 31)
assert add_months(start, 12) == date(2024, 1, 31)
assert add_months(start, 13) == date(2024, 2, 29)
assert add_months(start, -1) == date(2022, 12, 31)
assert add_months(start, -2) == date(2022, 11, 30)
assert add_months(start, -12) == date(2022, 1, 31)
assert add_months(start, -13) == date(2021, 12, 31)
assert add_months(date(2024, 12, 5), 1) == date(2025, 1, 5)
assert add_months(date(2024, 11, 5), 1) == date(2024, 12, 5)
assert add_months(date(2024, 2, 29), 48) == date(2028, 2, 29)
for shift in range(-40, 41):
    moved = add_months(date(2020, 6, 15), shift)
    assert moved.year * 12 + moved.month == 2020 * 12 + 6 + shift and moved.day == 15
#: task longest_prefix_route
class PrefixMap:
    """Maps prefixes of text to values, and finds the longest that matches."""

    def __init__(self):
        self._root = {}

    def add(self, prefix, value):
        node = self._root
        for char in prefix:
            node = node.setdefault(char, {})
        node["value"] = value

    def lookup(self, text, default=None):
        """Return the value of the longest added prefix that text starts with."""
        node = self._root
        best = node.get("value", default)
        for char in text:
            if char not in node:
                break
            node = node[char]
«            best = node.get("value", best)
»        return best
#: mutant
            best = node.get("value", default)
#: mutant
            best = node.get("value")
#: mutant
            best = node["value"]
#: mutant
            best = best or node.get("value", best)
#: mutant
            best = node.get("value") or best
#: mutant
            best = self._root.get("value", best)
#: test
routes = PrefixMap()
assert routes.lookup("") is None
assert routes.lookup("/a", "none") == "none"
routes.add("/api", "api")
routes.add("/api/users", "users")
routes.add("/apple", 0)
assert routes.lookup("/api") == "api"
assert routes.lookup("/api/use") == "api"
assert routes.lookup("/api/users") == "users"
assert routes.lookup("/api/users/7") == "users"
assert routes.lookup("/apple/pie", "none") == 0
assert routes.lookup("/ap", "none") == "none"
assert routes.lookup("/ap") is None
assert routes.lookup("x/api", "none") == "none"
routes.add("", "root")
assert routes.lookup("") == "root"
assert routes.lookup("/ap", "none") == "root"
assert routes.lookup("value") == "root"
routes.add("/api", "new")
assert routes.lookup("/api/u") == "new"
#: task page_ranges
def format_ranges(numbers):
    """Write integers in short form: [1, 2, 3, 5, 8, 9] gives "1-3,5,8-9".

    The numbers may come in any order and more than once.
    """
    parts = []
    ordered = sorted(set(numbers))
    index = 0
    while index < len(ordered):
        first = last = ordered[index]
«        while index + 1 < len(ordered) and ordered[index + 1] == last + 1:
            index += 1
            last = ordered[index]
»        parts.append(str(first) if first == last else f"{first}-{last}")
        index += 1
    return ",".join(parts)
#: mutant
        while index < len(ordered) and ordered[index] == last + 1:
            index += 1
            last = ordered[index]
#: mutant
        while ordered[index + 1] == last + 1:
            index += 1
            last = ordered[index]
#: mutant
        if index + 1 < len(ordered) and ordered[index + 1] == last + 1:
            index += 1
            last = ordered[index]
#: mutant
        while index + 1 < len(ordered) and ordered[index + 1] == first + 1:
            index += 1
            last = ordered[index]
#: mutant
        while index + 2 < len(ordered) and ordered[index + 1] == last + 1:
            index += 1
            last = ordered[index]
#: mutant
        while index + 1 < len(ordered) and ordered[index + 1] > last:
            index += 1
            last = ordered[index]
#: test
assert format_ranges([]) == ""
assert format_ranges([4]) == "4"
assert format_ranges([4, 4]) == "4"
assert format_ranges([1, 2]) == "1-2"
assert format_ranges([1, 2, 3, 5, 8, 9]) == "1-3,5,8-9"
assert format_ranges([9, 3, 1, 2, 8, 5, 2]) == "1-3,5,8-9"
assert format_ranges([1, 3, 5]) == "1,3,5"
assert format_ranges(range(100)) == "0-99"
assert format_ranges([10, 11, 12, 13, 20]) == "10-13,20"
assert format_ranges([-2, 0, 1]) == "-2,0-1"
#: task rotate_grid
def rotate_clockwise(grid):
    """Return a grid, a list of equally long rows, turned right by 90 degrees.

    The left column becomes the top row, read from bottom to top:
    [[1, 2], [3, 4]] becomes [[3, 1], [4, 2]].
    """
    if not grid:
        return []
    height, width = len(grid), len(grid[0])
    return [
        [«grid[height - 1 - row][column] for row in range(height)»]
        for column in range(width)
    ]
#: mutant
grid[row][column] for row in range(height)
#: mutant
grid[height - row][column] for row in range(height)
#: mutant
grid[row][width - 1 - column] for row in range(height)
#: mutant
grid[column][height - 1 - row] for row in range(height)
#: mutant
grid[height - 1 - row][width - 1 - column] for row in range(height)
#: mutant
grid[height - 1 - row][column] for row in range(width)
#: mutant
grid[column][row] for row in range(height)
#: test
assert rotate_clockwise([]) == []
assert rotate_clockwise([[7]]) == [[7]]
assert rotate_clockwise([[1, 2], [3, 4]]) == [[3, 1], [4, 2]]
assert rotate_clockwise([[1, 2, 3]]) == [[1], [2], [3]]
assert rotate_clockwise([[1], [2], [3]]) == [[3, 2, 1]]
assert rotate_clockwise([[1, 2, 3], [4, 5, 6]]) == [[4, 1], [5, 2], [6, 3]]
sample = [[1, 1, 0, 5], [2, 0, 0, 6], [3, 4, -1, 7]]
turned = sample
for _ in range(4):
    turned = rotate_clockwise(turned)
assert turned == sample == [[1, 1, 0, 5], [2, 0, 0, 6], [3, 4, -1, 7]]
#: task flatten_settings
def flatten(tree, prefix=""):
    """Turn nested dicts into one dict with dotted keys.

    {"ui": {"font": {"size": 9}}, "log": 1} gives {"ui.font.size": 9, "log": 1}.
    An empty dict inside stands for nothing and leaves no key behind.
    """
    flat = {}
    for key, value in tree.items():
        if isinstance(value, dict):
«            flat.update(flatten(value, f"{prefix}{key}."))
»        else:
            flat[prefix + key] = value
    return flat
#: mutant
            flat.update(flatten(value, f"{key}."))
#: mutant
            flat.update(flatten(value, prefix))
#: mutant
            flat.update(flatten(value, f"{prefix}{key}"))
#: mutant
            flat = flatten(value, f"{prefix}{key}.")
#: mutant
            flat.update(flatten(value, f"{prefix}.{key}"))
#: mutant
            flat[prefix + key] = flatten(value, f"{prefix}{key}.")
#: test
assert flatten({}) == {}
assert flatten({"a": {}}) == {}
assert flatten({"a": {"b": {}}, "c": 0}) == {"c": 0}
assert flatten({"log": 1}) == {"log": 1}
assert flatten({"log": 1, "ui": {"font": {"size": 9}, "dark": True}}) == {
    "log": 1,
    "ui.font.size": 9,
    "ui.dark": True,
}
assert flatten({"a": {"x": 1}, "b": {"x": 2}}) == {"a.x": 1, "b.x": 2}
assert flatten({"a": {"b": {"c": {"d": None}}}}) == {"a.b.c.d": None}
assert flatten({"a": [1, {"b": 2}]}) == {"a": [1, {"b": 2}]}
assert list(flatten({"z": 1, "a": {"y": 2}})) == ["z", "a.y"]
#: task query_string
def parse_query(query):
    """Turn the query of a web address into a dict from name to its values.

    "tag=a&tag=b&debug" gives {"tag": ["a", "b"], "debug": [""]}: values keep
    their order, a name without "=" has the value "", and a value may hold
    further "=". Empty pieces between "&" are skipped. Nothing is unescaped.
    """
    values = {}
    for piece in query.split("&"):
        if not piece:
            continue
«        name, _, value = piece.partition("=")
»        values.setdefault(name, []).append(value)
    return values
#: mutant
        name, value = piece.split("=")
#: mutant
        name, value = piece.split("=", 1)
#: mutant
        name, _, value = piece.rpartition("=")
#: mutant
        name, value = piece.split("=")[0], piece.split("=")[-1]
#: mutant
        value, _, name = piece.partition("=")
#: mutant
        name, value, _ = piece.partition("=")
#: test
assert parse_query("") == {}
assert parse_query("&&") == {}
assert parse_query("a=1") == {"a": ["1"]}
assert parse_query("tag=a&tag=b&debug") == {"tag": ["a", "b"], "debug": [""]}
assert parse_query("a=&b") == {"a": [""], "b": [""]}
assert parse_query("expr=x=y&&n=2") == {"expr": ["x=y"], "n": ["2"]}
assert parse_query("t=b&t=a&t=b") == {"t": ["b", "a", "b"]}
assert parse_query("=5") == {"": ["5"]}
assert parse_query("k==") == {"k": ["="]}
#: task hash_ring
from bisect import bisect_left


class HashRing:
    """Assigns positions on a ring, such as hash values, to servers.

    Every server stands at one position of the ring. A position belongs to the
    first server at or after it; behind the last server the ring begins anew.
    """

    def __init__(self, servers):
        """Take a dict from position to the name of the server that stands there."""
        if not servers:
            raise ValueError("a ring needs at least one server")
        self._positions = sorted(servers)
        self._servers = servers

    def owner(self, position):
        """Return the name of the server to which a position belongs."""
        index = «bisect_left(self._positions, position) % len(self._positions)»
        return self._servers[self._positions[index]]
#: mutant
bisect_left(self._positions, position)
#: mutant
bisect_left(self._positions, position + 1) % len(self._positions)
#: mutant
min(bisect_left(self._positions, position), len(self._positions) - 1)
#: mutant
bisect_left(self._positions, position) - 1
#: mutant
(bisect_left(self._positions, position) + 1) % len(self._positions)
#: mutant
bisect_left(self._positions, position % len(self._positions))
#: test
ring = HashRing({70: "c", 10: "a", 40: "b"})
for name, positions in {
    "a": (-5, 0, 9, 10, 71, 1000),
    "b": (11, 39, 40),
    "c": (41, 69, 70),
}.items():
    for position in positions:
        assert ring.owner(position) == name, position
alone = HashRing({5: "only"})
assert [alone.owner(position) for position in (0, 5, 6)] == ["only"] * 3
shared = HashRing({1: "x", 2: "y", 3: "x"})
assert [shared.owner(position) for position in range(6)] == list("xxyxxx")
try:
    HashRing({})
except ValueError:
    pass
else:
    raise AssertionError("an empty ring was accepted")
