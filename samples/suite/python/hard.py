#: Hard fill-in-the-middle tasks in Python: a step or an invariant of an algorithm must be right.
#: Every task is a program with one hole, wrong fillings that its test must reject (mutants),
#: and the test, which runs after the filled program and passes if it ends without an exception.
#: task build_order
from heapq import heapify, heappop, heappush


def build_order(needs):
    """Order jobs so that each comes after all jobs it needs.

    `needs` maps a job to the jobs it needs; a job that is only needed by others
    counts as well. Where several jobs could come next, the smallest one does.
    Jobs that need each other in a circle are a ValueError.
    """
    jobs = set(needs).union(*needs.values())
    waiting = {job: len(set(needs.get(job, ()))) for job in jobs}
    followers = {job: [] for job in jobs}
    for job, required in needs.items():
        for other in set(required):
            followers[other].append(job)

    ready = [job for job in jobs if waiting[job] == 0]
    heapify(ready)
    order = []
    while ready:
        job = heappop(ready)
        order.append(job)
        for follower in followers[job]:
«            waiting[follower] -= 1
            if waiting[follower] == 0:
                heappush(ready, follower)
»    if len(order) < len(jobs):
        raise ValueError("some jobs need each other in a circle")
    return order
#: mutant
            heappush(ready, follower)
#: mutant
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
#: mutant
            if waiting[follower] == 0:
                heappush(ready, follower)
            waiting[follower] -= 1
#: mutant
            waiting[job] -= 1
            if waiting[follower] == 0:
                heappush(ready, follower)
#: mutant
            waiting[follower] -= 1
            if waiting[follower] == 0:
                order.append(follower)
#: mutant
            waiting[follower] -= 1
            if waiting[follower] <= 1:
                heappush(ready, follower)
#: test
from itertools import permutations

assert build_order({}) == []
assert build_order({"a": []}) == ["a"]
assert build_order({"b": ["a"]}) == ["a", "b"]
assert build_order({"d": ["a"], "c": ["a"], "b": ["a"]}) == ["a", "b", "c", "d"]
assert build_order({"a": ["z", "m"], "m": ["z"]}) == ["z", "m", "a"]
assert build_order({"a": ["b", "b"], "c": []}) == ["b", "a", "c"]
pairs = [(0, 3), (1, 0), (4, 1), (2, 4), (3, 2), (0, 4), (2, 1)]
for chosen in range(1 << len(pairs)):
    needed = {job: [] for job in range(5)}
    for bit, (job, other) in enumerate(pairs):
        if chosen >> bit & 1:
            needed[job].append(other)
    expected = None
    for candidate in permutations(range(5)):
        place = {job: index for index, job in enumerate(candidate)}
        if all(place[o] < place[j] for j in needed for o in needed[j]):
            expected = list(candidate)
            break
    try:
        found = build_order(needed)
    except ValueError:
        found = None
    assert found == expected, (needed, found, expected)
try:
    build_order({"a": ["a"]})
except ValueError:
    pass
else:
    raise AssertionError("a job that needs itself was accepted")
#: task relative_heights
class RelativeHeights:
    """Heights of points of which only differences have been measured.

    Points connected by measurements form a group. Every point but the root of
    its group has a parent in it; `_rise` is its height above that parent.
    """

    def __init__(self):
        self._parent = {}
        self._rise = {}

    def _find(self, point):
        """Return the root of the point's group and the height above that root."""
        height = 0
        while point in self._parent:
            height += self._rise[point]
            point = self._parent[point]
        return point, height

    def measure(self, low, high, difference):
        """Note that `high` lies `difference` above `low`.

        Returns False, and notes nothing, if that contradicts what is known.
        """
        low_root, low_height = self._find(low)
        high_root, high_height = self._find(high)
        if low_root == high_root:
            return high_height - low_height == difference
        self._parent[high_root] = low_root
        self._rise[high_root] = «low_height + difference - high_height»
        return True

    def difference(self, low, high):
        """Return how far `high` lies above `low`, or None if that is unknown."""
        low_root, low_height = self._find(low)
        high_root, high_height = self._find(high)
        return high_height - low_height if low_root == high_root else None
#: mutant
difference
#: mutant
low_height + difference
#: mutant
difference - high_height
#: mutant
high_height + difference - low_height
#: mutant
low_height + difference + high_height
#: mutant
high_height - low_height - difference
#: test
map_ = RelativeHeights()
assert map_.difference("a", "a") == 0
assert map_.difference("a", "b") is None
assert map_.measure("a", "b", 5)
assert map_.difference("a", "b") == 5 and map_.difference("b", "a") == -5
assert map_.measure("c", "d", 7)
assert map_.difference("a", "d") is None
assert map_.measure("b", "d", 2)
assert map_.difference("a", "d") == 7 and map_.difference("a", "c") == 0
assert map_.measure("c", "b", 5) and not map_.measure("c", "b", 4)
assert map_.difference("c", "b") == 5
heights = [3, -4, 10, 0, 0, 25, -7, 8]
links = [(0, 1), (2, 3), (4, 5), (6, 7), (3, 1), (7, 5), (6, 2), (0, 7), (4, 4)]
for turn in range(len(links)):
    known = RelativeHeights()
    for one, other in links[turn:] + links[:turn]:
        assert known.measure(one, other, heights[other] - heights[one])
        assert not known.measure(one, other, heights[other] - heights[one] + 1)
    for one in range(8):
        for other in range(8):
            assert known.difference(one, other) == heights[other] - heights[one]
#: task evaluate_expression
import operator
import re

LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
APPLY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}


def evaluate(text):
    """Return the value of an arithmetic expression such as "2 * (3 + 4) ^ 2".

    "*" and "/" bind closer than "+" and "-", and "^" (to the power of) closer
    than both. Equal operators group from the left, but "^" from the right:
    8 - 4 - 2 is 2 and 2 ^ 3 ^ 2 is 512.
    """
    tokens = re.findall(r"\d+|[-+*/^()]", text)
    position = 0

    def operand():
        nonlocal position
        token = tokens[position]
        position += 1
        if token != "(":
            return int(token)
        value = expression(1)
        position += 1  # the closing parenthesis
        return value

    def expression(lowest):
        """Read on while operators are of level `lowest` or closer."""
        nonlocal position
        left = operand()
        while position < len(tokens) and LEVELS.get(tokens[position], 0) >= lowest:
            sign = tokens[position]
            position += 1
            right = expression(«LEVELS[sign] if sign == "^" else LEVELS[sign] + 1»)
            left = APPLY[sign](left, right)
        return left

    return expression(1)
#: mutant
LEVELS[sign]
#: mutant
LEVELS[sign] + 1
#: mutant
LEVELS[sign] + 1 if sign == "^" else LEVELS[sign]
#: mutant
lowest if sign == "^" else lowest + 1
#: mutant
lowest
#: mutant
1 if sign == "^" else LEVELS[sign] + 1
#: test
assert evaluate("7") == 7
assert evaluate("(7)") == 7
assert evaluate("1 + 2 * 3") == 7
assert evaluate("2 * 3 + 1") == 7
assert evaluate("(1 + 2) * 3") == 9
assert evaluate("8 - 4 - 2") == 2
assert evaluate("8 - 4 + 2") == 6
assert evaluate("16 / 4 / 2") == 2
assert evaluate("16 / 4 * 2") == 8
assert evaluate("2 ^ 3 ^ 2") == 512
assert evaluate("(2 ^ 3) ^ 2") == 64
assert evaluate("2 ^ 2 * 3 + 1") == 13
assert evaluate("1 + 3 * 2 ^ 2") == 13
assert evaluate("1 - 2 * 3 - 4") == -9
assert evaluate("2 * 3 ^ 2 * 2") == 36
assert evaluate("100 - 2 ^ 2 ^ 3 / 64 - 6") == 90
assert evaluate("2 * (3 + 4) ^ 2") == 98
assert evaluate("((10 - (2 - (3 - 1))))") == 10
assert evaluate("10 - 6 / 3 + 2 * 2 - 1") == 11
#: task best_bookings
from bisect import bisect_right


def best_bookings(requests):
    """Return the greatest income from requests for one room.

    A request is (start, end, price). Accepted requests must not overlap, but
    one may start at the moment when another ends.
    """
    by_end = sorted(requests, key=lambda request: request[1])
    ends = [end for _, end, _ in by_end]
    best = [0]  # best[n]: the greatest income from the first n of by_end
    for index, (start, end, price) in enumerate(by_end):
        if start >= end:
            raise ValueError("a request must end after it starts")
        compatible = «bisect_right(ends, start)»
        best.append(max(best[index], best[compatible] + price))
    return best[-1]
#: mutant
bisect_right(ends, start - 1)
#: mutant
bisect_right(ends, start) - 1
#: mutant
bisect_right(ends, end) - 1
#: mutant
index
#: mutant
min(index, bisect_right(ends, start) + 1)
#: mutant
max(0, index - 1)
#: test
from itertools import combinations

assert best_bookings([]) == 0
assert best_bookings([(1, 2, 5)]) == 5
assert best_bookings([(1, 3, 5), (3, 4, 6)]) == 11
assert best_bookings([(1, 3, 5), (2, 4, 6)]) == 6
assert best_bookings([(0, 10, 9), (0, 3, 4), (3, 6, 4), (6, 10, 4)]) == 12
assert best_bookings([(0, 10, 20), (0, 3, 4), (3, 6, 4), (6, 10, 4)]) == 20
assert best_bookings([(1, 2, 7), (1, 2, 7)]) == 7
assert best_bookings([(-5, -2, 3), (-2, 0, 1), (-9, -5, 2)]) == 6
assert best_bookings([(0, 5, -1)]) == 0
pool = [
    (n * 7 % 11, n * 7 % 11 + 1 + n * 5 % 4, 1 + n * n % 9) for n in range(1, 14)
]
for first in range(len(pool) - 6):
    some = pool[first:first + 7]
    expected = max(
        sum(price for _, _, price in chosen)
        for count in range(8)
        for chosen in combinations(some, count)
        if all(a[1] <= b[0] or b[1] <= a[0] for a, b in combinations(chosen, 2))
    )
    assert best_bookings(some) == expected, some
try:
    best_bookings([(2, 2, 1)])
except ValueError:
    pass
else:
    raise AssertionError("an empty stay was accepted")
#: task cheapest_fare
from math import inf


def cheapest_fare(flights, origin, destination, max_flights):
    """Return the lowest price of a journey of at most `max_flights` flights.

    A flight is (source, target, price). Staying at the origin costs nothing.
    None if the destination cannot be reached with so few flights.
    """
    fares = {origin: 0}
    for _ in range(max_flights):
        # What can be reached for which price with one flight more than before.
        improved = dict(fares)
        for source, target, price in flights:
            if source not in fares:
                continue
«            fare = fares[source] + price
»            if fare < improved.get(target, inf):
                improved[target] = fare
        fares = improved
    return fares.get(destination)
#: mutant
            fare = improved[source] + price
#: mutant
            fare = fares.get(target, 0) + price
#: mutant
            fare = price
#: mutant
            fare = fares[source] + 1
#: mutant
            fare = min(fares.get(target, inf), price)
#: mutant
            fare = max(fares[source], price)
#: test
routes = [("A", "B", 100), ("B", "C", 100), ("A", "C", 500), ("C", "D", 10)]
assert cheapest_fare(routes, "A", "C", 0) is None
assert cheapest_fare(routes, "A", "A", 0) == 0
assert cheapest_fare(routes, "A", "A", 5) == 0
assert cheapest_fare(routes, "A", "C", 1) == 500
assert cheapest_fare(routes, "A", "C", 2) == 200
assert cheapest_fare(routes, "A", "D", 1) is None
assert cheapest_fare(routes, "A", "D", 2) == 510
assert cheapest_fare(routes, "A", "D", 3) == 210
assert cheapest_fare(routes, "D", "A", 9) is None
assert cheapest_fare([], "A", "B", 3) is None
assert cheapest_fare([("A", "B", 7), ("A", "B", 5)], "A", "B", 1) == 5
assert cheapest_fare([("A", "B", 0), ("B", "A", 0)], "A", "B", 4) == 0
legs = [(n % 5, (n * n + 2) % 5, 1 + n * 7 % 13) for n in range(10)]
legs += [(0, 1, 2), (1, 2, 2), (2, 3, 2), (3, 4, 2), (0, 4, 20), (0, 3, 9)]
prices = [{0: 0}]
for count in range(1, 6):
    exact = {}
    for a, b, price in legs:
        if a in prices[-1]:
            exact[b] = min(exact.get(b, inf), prices[-1][a] + price)
    prices.append(exact)
    for goal in range(5):
        reached = [p[goal] for p in prices if goal in p]
        expected = min(reached) if reached else None
        assert cheapest_fare(legs, 0, goal, count) == expected, (goal, count)
#: task prefix_sums
class PrefixSums:
    """Numbers that can be changed, and whose first n can be summed up fast.

    A Fenwick tree: slot n, counted from 1, holds the sum of as many numbers up
    to number n as the lowest set bit of n says (of 1, 2, 1, 4, 1, 2, 1, 8, ...).
    """

    def __init__(self, length):
        self._slots = [0] * (length + 1)

    def add(self, index, amount):
        """Add an amount to the number at an index, counted from 0."""
        slot = index + 1
        while slot < len(self._slots):
            self._slots[slot] += amount
            slot += slot & -slot

    def total(self, count):
        """Return the sum of the first `count` numbers."""
        result = 0
        while count > 0:
            result += self._slots[count]
            count -= «count & -count»
        return result
#: mutant
1
#: mutant
2
#: mutant
count
#: mutant
(count + 1) // 2
#: mutant
count ^ (count - 1)
#: test
empty = PrefixSums(0)
assert empty.total(0) == 0
single = PrefixSums(1)
single.add(0, -3)
assert (single.total(0), single.total(1)) == (0, -3)
for length in (1, 2, 3, 7, 8, 9, 33):
    plain = [0] * length
    sums = PrefixSums(length)
    for step in range(3 * length):
        place, amount = step * 5 % length, step * step % 17 - 8
        plain[place] += amount
        sums.add(place, amount)
    for count in range(length + 1):
        assert sums.total(count) == sum(plain[:count]), (length, count)
#: task sliding_maximum
from collections import deque


def sliding_maximum(values, size):
    """Return the greatest of every `size` neighbouring values, in order.

    [1, 5, 2, 0] by threes gives [5, 5]. Fewer values than `size` give nothing.
    """
    if size < 1:
        raise ValueError("size must be at least 1")
    result = []
    # Indexes that may still hold a greatest value: their values only fall.
    candidates = deque()
    for index, value in enumerate(values):
        while candidates and values[candidates[-1]] <= value:
            candidates.pop()
        candidates.append(index)
«        if candidates[0] <= index - size:
»            candidates.popleft()
        if index >= size - 1:
            result.append(values[candidates[0]])
    return result
#: mutant
        if candidates[0] < index - size:
#: mutant
        if candidates[0] <= index - size + 1:
#: mutant
        if len(candidates) > size:
#: mutant
        if index >= size:
#: mutant
        if candidates[0] > index - size:
#: mutant
        if index - candidates[0] > size:
#: test
assert sliding_maximum([], 1) == []
assert sliding_maximum([4], 1) == [4]
assert sliding_maximum([4], 2) == []
assert sliding_maximum([1, 5, 2, 0], 3) == [5, 5]
assert sliding_maximum([9, 1, 2, 3], 2) == [9, 2, 3]
assert sliding_maximum([3, 3, 3, 1, 1], 2) == [3, 3, 3, 1]
assert sliding_maximum([5, 4, 3, 2, 1], 3) == [5, 4, 3]
assert sliding_maximum([-1, -5, -2], 1) == [-1, -5, -2]
numbers = [(n * n * 31 + n * 7) % 19 - 9 for n in range(40)]
for width in range(1, 12):
    assert sliding_maximum(numbers, width) == [
        max(numbers[start:start + width]) for start in range(len(numbers) - width + 1)
    ], width
try:
    sliding_maximum([1], 0)
except ValueError:
    pass
else:
    raise AssertionError("a size of 0 was accepted")
#: task count_overlapping
def count_overlapping(text, pattern):
    """Count the places in a text where a pattern starts.

    Occurrences may overlap: "aaaa" has "aa" at three places. The time grows
    with the sum of the two lengths only.
    """
    if not pattern:
        raise ValueError("the pattern is empty")
    # borders[n]: length of the longest text, shorter than pattern[:n + 1], with
    # which pattern[:n + 1] both begins and ends.
    borders = [0] * len(pattern)
    length = 0
    for index in range(1, len(pattern)):
        while length and pattern[index] != pattern[length]:
            length = borders[length - 1]
        if pattern[index] == pattern[length]:
            length += 1
        borders[index] = length

    count = 0
    matched = 0
    for char in text:
        while matched and char != pattern[matched]:
            matched = borders[matched - 1]
        if char == pattern[matched]:
            matched += 1
        if matched == len(pattern):
            count += 1
«            matched = borders[matched - 1]
»    return count
#: mutant
            matched = 0
#: mutant
            matched = 1
#: mutant
            matched -= 1
#: mutant
            matched = borders[matched - 2]
#: mutant
            matched //= 2
#: test
from itertools import product

assert count_overlapping("", "a") == 0
assert count_overlapping("a", "a") == 1
assert count_overlapping("aaaa", "aa") == 3
assert count_overlapping("aaaa", "a") == 4
assert count_overlapping("abababa", "aba") == 3
assert count_overlapping("abc", "abcd") == 0
assert count_overlapping("aabaabaab", "aabaab") == 2
assert count_overlapping("xyz", "z") == 1
for text in map("".join, product("ab", repeat=9)):
    for pattern in ("a", "ab", "aa", "aba", "aab", "abab", "aabaa"):
        expected = sum(text.startswith(pattern, start) for start in range(9))
        assert count_overlapping(text, pattern) == expected, (text, pattern)
try:
    count_overlapping("abc", "")
except ValueError:
    pass
else:
    raise AssertionError("an empty pattern was accepted")
#: task glob_match
from itertools import accumulate
from operator import or_


def glob_match(pattern, text):
    """Tell whether a whole text matches a pattern with wildcards.

    "*" stands for any text, also for none, "?" for exactly one character, and
    every other character for itself.
    """
    # reached[n]: whether the pattern read so far matches the first n characters.
    reached = [True] + [False] * len(text)
    for char in pattern:
        if char == "*":
            reached = list(accumulate(reached, or_))
        else:
            shifted = [
                before and char in ("?", actual)
                for before, actual in zip(reached, text)
            ]
«            reached = [False] + shifted
»    return reached[-1]
#: mutant
            reached = [True] + shifted
#: mutant
            reached = shifted
#: mutant
            reached = shifted + [False]
#: mutant
            reached = [reached[0]] + shifted
#: mutant
            reached = [a or b for a, b in zip(reached, [False] + shifted)]
#: mutant
            reached = reached[:1] + shifted[1:]
#: test
import re
from itertools import product

assert glob_match("", "")
assert not glob_match("", "a")
assert not glob_match("?", "") and not glob_match("a", "")
assert glob_match("*", "") and glob_match("**", "abc")
assert glob_match("a?c", "abc") and not glob_match("a?c", "ac")
assert glob_match("*.py", "test.py") and not glob_match("*.py", "test.pyc")
assert glob_match("a*b*c", "a--b-b--c") and not glob_match("a*b*c", "acb")
assert not glob_match("abc", "ab") and not glob_match("ab", "abc")
assert not glob_match("b", "ab") and not glob_match("?", "ab")
assert glob_match("é?", "éß")
texts = ["".join(chars) for n in range(5) for chars in product("ab", repeat=n)]
patterns = ["".join(chars) for n in range(4) for chars in product("ab?*", repeat=n)]
for pattern in patterns:
    compiled = re.compile(pattern.replace("?", ".").replace("*", ".*"))
    for text in texts:
        expected = compiled.fullmatch(text) is not None
        assert glob_match(pattern, text) == expected, (pattern, text)
#: task find_bridges
def find_bridges(node_count, cables):
    """Return the cables without which a network falls into more parts.

    A cable is a pair of nodes, numbered from 0; the answer lists indexes into
    `cables` in ascending order. Two nodes may be joined by several cables.
    """
    links = [[] for _ in range(node_count)]
    for index, (one, other) in enumerate(cables):
        links[one].append((other, index))
        links[other].append((one, index))

    depth = [None] * node_count
    low = [0] * node_count  # least depth reached from a node's subtree
    bridges = []

    def visit(node, arrived_by, level):
        depth[node] = low[node] = level
        for neighbour, cable in links[node]:
            if cable == arrived_by:
                continue
            if depth[neighbour] is not None:
                low[node] = min(low[node], depth[neighbour])
                continue
            visit(neighbour, cable, level + 1)
            low[node] = min(low[node], low[neighbour])
«            if low[neighbour] > depth[node]:
»                bridges.append(cable)

    for start in range(node_count):
        if depth[start] is None:
            visit(start, None, 0)
    return sorted(bridges)
#: mutant
            if low[neighbour] >= depth[node]:
#: mutant
            if low[neighbour] > low[node]:
#: mutant
            if low[neighbour] < depth[node]:
#: mutant
            if depth[neighbour] > depth[node]:
#: mutant
            if low[neighbour] == depth[node]:
#: mutant
            if low[neighbour] > depth[node] + 1:
#: mutant
            if low[node] == depth[node]:
#: test
def count_parts(node_count, cables):
    part = list(range(node_count))
    for one, other in cables:
        part = [part[one] if p == part[other] else p for p in part]
    return len(set(part))


def check(node_count, cables):
    parts = count_parts(node_count, cables)
    expected = [
        index
        for index in range(len(cables))
        if count_parts(node_count, cables[:index] + cables[index + 1:]) > parts
    ]
    assert find_bridges(node_count, cables) == expected, (node_count, cables)


assert find_bridges(0, []) == []
assert find_bridges(1, []) == []
assert find_bridges(2, [(0, 1)]) == [0]
assert find_bridges(2, [(0, 1), (1, 0)]) == []
assert find_bridges(1, [(0, 0)]) == []
assert find_bridges(4, [(3, 2), (0, 1), (1, 2), (2, 0)]) == [0]
check(7, [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3), (5, 6)])
check(6, [(0, 1), (1, 2), (2, 3), (3, 1), (4, 5)])
check(5, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 2), (2, 0)])
possible = [(a, b) for a in range(4) for b in range(a)] + [(3, 0)]
for chosen in range(1 << len(possible)):
    check(4, [cable for bit, cable in enumerate(possible) if chosen >> bit & 1])
#: task split_amount
def split_amount(total, weights):
    """Split an amount in whole cents in proportion to the weights.

    Everyone gets the exact share, rounded down. The cents still left go, one
    to each, to those who lost most by the rounding; among equal losses to
    those who stand first.
    """
    whole = sum(weights)
    if whole <= 0:
        raise ValueError("at least one weight must be positive")
    shares = [total * weight // whole for weight in weights]
    losses = [total * weight % whole for weight in weights]
    left = total - sum(shares)
«    order = sorted(range(len(weights)), key=lambda index: -losses[index])
»    for index in order[:left]:
        shares[index] += 1
    return shares
#: mutant
    order = sorted(range(len(weights)), key=lambda index: losses[index])
#: mutant
    order = sorted(range(len(weights)), key=lambda index: -weights[index])
#: mutant
    order = sorted(range(len(weights)), key=lambda index: losses[index])[::-1]
#: mutant
    order = sorted(range(len(weights)), key=lambda index: -shares[index])
#: mutant
    order = list(range(len(weights)))
#: mutant
    order = [index for index in range(len(weights)) if losses[index]]
#: mutant
    order = sorted(range(len(weights)), key=lambda index: (-losses[index], -index))
#: test
assert split_amount(100, [1]) == [100]
assert split_amount(0, [2, 3]) == [0, 0]
assert split_amount(100, [1, 1, 1]) == [34, 33, 33]
assert split_amount(101, [1, 1, 1]) == [34, 34, 33]
assert split_amount(10, [1, 5, 5]) == [1, 5, 4]
assert split_amount(100, [1, 2, 4]) == [14, 29, 57]
assert split_amount(1, [1, 3, 3]) == [0, 1, 0]
assert split_amount(7, [0, 1, 0, 1]) == [0, 4, 0, 3]
assert split_amount(5, [10, 1, 9]) == [3, 0, 2]
assert split_amount(3, [6, 4, 4, 4]) == [1, 1, 1, 0]
for cents in range(40):
    for parts in ([3, 5, 7], [1, 1, 9, 9], [8, 0, 3], [2, 11, 2, 1, 2]):
        shares = split_amount(cents, parts)
        assert sum(shares) == cents
        whole = sum(parts)
        gains = [s * whole - cents * p for s, p in zip(shares, parts)]
        assert all(-whole < gain < whole for gain in gains)
        raised = [(-g % whole, -i) for i, g in enumerate(gains) if g > 0]
        lowered = [(-g % whole, -i) for i, g in enumerate(gains) if g <= 0]
        assert all(a > b for a in raised for b in lowered), (cents, parts)
for bad in ([], [0, 0]):
    try:
        split_amount(5, bad)
    except ValueError:
        pass
    else:
        raise AssertionError(bad)
#: task diff_lines
def diff_lines(old, new):
    """Return a shortest edit from one list of lines to another.

    The answer holds (" ", line) for a line that stays, ("-", line) for one that
    goes and ("+", line) for one that comes; as many lines as possible stay.
    """
    # kept[i][j]: how many lines can stay of old[i:] and new[j:].
    kept = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
«            if old[i] == new[j]:
                kept[i][j] = kept[i + 1][j + 1] + 1
            else:
                kept[i][j] = max(kept[i + 1][j], kept[i][j + 1])
»
    edit = []
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            edit.append((" ", old[i]))
            i, j = i + 1, j + 1
        elif kept[i + 1][j] >= kept[i][j + 1]:
            edit.append(("-", old[i]))
            i += 1
        else:
            edit.append(("+", new[j]))
            j += 1
    edit += [("-", line) for line in old[i:]]
    edit += [("+", line) for line in new[j:]]
    return edit
#: mutant
            if old[i] == new[j]:
                kept[i][j] = kept[i + 1][j + 1] + 1
#: mutant
            if old[i] == new[j]:
                kept[i][j] = kept[i + 1][j + 1] + 1
            else:
                kept[i][j] = kept[i + 1][j + 1]
#: mutant
            if old[i] == new[j]:
                kept[i][j] = kept[i + 1][j + 1] + 1
            else:
                kept[i][j] = min(kept[i + 1][j], kept[i][j + 1])
#: mutant
            if old[i] == new[j]:
                kept[i][j] = kept[i + 1][j] + 1
            else:
                kept[i][j] = max(kept[i + 1][j], kept[i][j + 1])
#: mutant
            if old[i] == new[j]:
                kept[i][j] = kept[i + 1][j + 1]
            else:
                kept[i][j] = max(kept[i + 1][j], kept[i][j + 1]) + 1
#: mutant
            if old[i] != new[j]:
                kept[i][j] = kept[i + 1][j + 1] + 1
            else:
                kept[i][j] = max(kept[i + 1][j], kept[i][j + 1])
#: test
from itertools import combinations, product


def most_kept(old, new):
    for count in range(min(len(old), len(new)), 0, -1):
        if set(combinations(old, count)) & set(combinations(new, count)):
            return count
    return 0


def check(old, new):
    edit = diff_lines(old, new)
    assert [line for sign, line in edit if sign != "+"] == old
    assert [line for sign, line in edit if sign != "-"] == new
    stays = sum(sign == " " for sign, _ in edit)
    assert stays == most_kept(old, new), (old, new, edit)


assert diff_lines([], []) == []
assert diff_lines(["a"], []) == [("-", "a")]
assert diff_lines([], ["a"]) == [("+", "a")]
assert diff_lines(["a", "b"], ["a", "c"]) == [(" ", "a"), ("-", "b"), ("+", "c")]
short = [list(chars) for n in range(4) for chars in product("xyz", repeat=n)]
for old in short:
    for new in short:
        check(old, new)
check(list("abcbdab"), list("bdcaba"))
check(list("bdcaba"), list("abcbdab"))
check(list("xxxxaaab"), list("baaaxx"))
#: task merge_three_way
MISSING = object()


def merge_three_way(base, ours, theirs):
    """Merge two changed copies of a dict; return the result and the conflicts.

    A key that only one side changed, added or removed is taken from that side.
    What both sides did in the same way is done once. A key that they changed
    in different ways is a conflict: its name is listed, in sorted order, and
    the result has what ours has.
    """
    merged = {}
    conflicts = []
    for key in sorted(base.keys() | ours.keys() | theirs.keys()):
        before = base.get(key, MISSING)
        mine = ours.get(key, MISSING)
        other = theirs.get(key, MISSING)
        value = mine
«        if mine == before:
            value = other
        elif other != before and other != mine:
            conflicts.append(key)
»        if value is not MISSING:
            merged[key] = value
    return merged, conflicts
#: mutant
        if mine == before:
            value = other
        elif other != before:
            conflicts.append(key)
#: mutant
        if mine == before:
            value = other
        elif other != mine:
            conflicts.append(key)
#: mutant
        if mine == before and other is not MISSING:
            value = other
        elif other != before and other != mine:
            conflicts.append(key)
#: mutant
        if mine is MISSING:
            value = other
        elif other != before and other != mine:
            conflicts.append(key)
#: mutant
        if other != before:
            value = other
        elif mine != before and other != mine:
            conflicts.append(key)
#: mutant
        if mine == before:
            value = other
        elif other != before and other != mine:
            value = other
            conflicts.append(key)
#: test
assert merge_three_way({}, {}, {}) == ({}, [])
assert merge_three_way({"a": 1}, {"a": 1}, {"a": 1}) == ({"a": 1}, [])
assert merge_three_way({"a": 1}, {"a": 2}, {"a": 1}) == ({"a": 2}, [])
assert merge_three_way({"a": 1}, {"a": 1}, {"a": 2}) == ({"a": 2}, [])
assert merge_three_way({"a": 1}, {"a": 2}, {"a": 2}) == ({"a": 2}, [])
assert merge_three_way({"a": 1}, {"a": 2}, {"a": 3}) == ({"a": 2}, ["a"])
assert merge_three_way({"a": 1}, {}, {"a": 1}) == ({}, [])
assert merge_three_way({"a": 1}, {"a": 1}, {}) == ({}, [])
assert merge_three_way({"a": 1}, {}, {}) == ({}, [])
assert merge_three_way({"a": 1}, {}, {"a": 2}) == ({}, ["a"])
assert merge_three_way({"a": 1}, {"a": 2}, {}) == ({"a": 2}, ["a"])
assert merge_three_way({}, {"a": 1}, {}) == ({"a": 1}, [])
assert merge_three_way({}, {}, {"a": 1}) == ({"a": 1}, [])
assert merge_three_way({}, {"a": 1}, {"a": 1}) == ({"a": 1}, [])
assert merge_three_way({}, {"a": 1}, {"a": None}) == ({"a": 1}, ["a"])
assert merge_three_way({"a": None}, {}, {"a": None}) == ({}, [])
assert merge_three_way(
    {"x": 1, "y": 1, "z": 1}, {"x": 2, "y": 1, "z": 2}, {"x": 3, "w": 5, "z": 3}
) == ({"w": 5, "x": 2, "z": 2}, ["x", "z"])
#: task version_key
def version_key(version):
    """Return a key by which semantic versions sort from old to new.

    "1.2.0-rc.1" is the pre-release "rc.1" of 1.2.0, and older than it. Of two
    pre-releases the first differing part decides: numbers by value, and any
    number comes before any word; words in ASCII order. If no part differs,
    the longer one is newer. What follows a "+" does not count.
    """
    version = version.partition("+")[0]
    core, dash, prerelease = version.partition("-")
    numbers = [int(number) for number in core.split(".")]
    parts = []
    for part in prerelease.split(".") if dash else []:
«        if part.isdigit():
            parts.append((0, int(part), ""))
        else:
            parts.append((1, 0, part))
»    return numbers, not dash, parts
#: mutant
        if part.isdigit():
            parts.append((1, int(part), ""))
        else:
            parts.append((0, 0, part))
#: mutant
        if part.isdigit():
            parts.append((0, 0, part))
        else:
            parts.append((1, 0, part))
#: mutant
        parts.append((0, len(part), part))
#: mutant
        if part.isdigit():
            parts.append((0, int(part), ""))
        else:
            parts.append((1, 0, part.lower()))
#: mutant
        if part.isdigit():
            parts.append(int(part))
        else:
            parts.append(part)
#: mutant
        if part.isdigit():
            parts.append((0, int(part), ""))
        else:
            parts.append((1, len(part), part))
#: test
ascending = [
    "0.0.9",
    "0.9.10",
    "0.10.0",
    "1.0.0-0",
    "1.0.0-2",
    "1.0.0-2.1",
    "1.0.0-10",
    "1.0.0-RC",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.1.x",
    "1.0.0-alpha.9",
    "1.0.0-alpha.11",
    "1.0.0-alpha.beta",
    "1.0.0-alpha1",
    "1.0.0-b",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-rc-1",
    "1.0.0",
    "1.0.1-rc.1",
    "1.0.1",
    "2.0.0",
    "10.0.0",
]
for low, older in enumerate(ascending):
    for high, newer in enumerate(ascending):
        assert (version_key(older) < version_key(newer)) == (low < high)
        assert (version_key(older) == version_key(newer)) == (low == high)
assert version_key("1.2.3+build.5") == version_key("1.2.3")
assert version_key("1.2.3-rc.1+x-y") == version_key("1.2.3-rc.1")
#: task subtract_interval
def subtract(free, busy):
    """Return what is left of the free times without the busy ones.

    Both are lists of half-open intervals (start, end) with start < end. `free`
    is sorted and its intervals do not overlap; `busy` may be in any order and
    overlap itself. The answer is sorted and holds no empty interval.
    """
    for busy_start, busy_end in busy:
        left = []
        for start, end in free:
            if end <= busy_start or busy_end <= start:
                left.append((start, end))
                continue
«            if start < busy_start:
                left.append((start, busy_start))
            if busy_end < end:
                left.append((busy_end, end))
»        free = left
    return free
#: mutant
            if start < busy_start:
                left.append((start, busy_start))
            elif busy_end < end:
                left.append((busy_end, end))
#: mutant
            if start <= busy_start:
                left.append((start, busy_start))
            if busy_end <= end:
                left.append((busy_end, end))
#: mutant
            if busy_end < end:
                left.append((busy_end, end))
            if start < busy_start:
                left.append((start, busy_start))
#: mutant
            left.append((start, busy_start))
            left.append((busy_end, end))
#: mutant
            if start < busy_start:
                left.append((start, busy_end))
            if busy_end < end:
                left.append((busy_start, end))
#: mutant
            if start < busy_start and busy_end < end:
                left.append((start, busy_start))
                left.append((busy_end, end))
#: test
assert subtract([], []) == []
assert subtract([], [(1, 2)]) == []
assert subtract([(1, 5)], []) == [(1, 5)]
assert subtract([(1, 5)], [(1, 5)]) == []
assert subtract([(1, 5)], [(0, 9)]) == []
assert subtract([(1, 5)], [(2, 3)]) == [(1, 2), (3, 5)]
assert subtract([(1, 5)], [(1, 3)]) == [(3, 5)]
assert subtract([(1, 5)], [(3, 5)]) == [(1, 3)]
assert subtract([(1, 5)], [(5, 7), (0, 1)]) == [(1, 5)]
assert subtract([(1, 5), (7, 9)], [(4, 8)]) == [(1, 4), (8, 9)]
assert subtract([(-9, 9)], [(2, 4), (-3, 0), (3, 5), (2, 4)]) == [
    (-9, -3),
    (0, 2),
    (5, 9),
]
source = [(0, 3), (4, 10), (12, 13)]
ranges = [(a, b) for a in range(-1, 15) for b in range(a + 1, 15)]
for number, first in enumerate(ranges):
    second = ranges[number * 37 % len(ranges)]
    rest = subtract(source, [first, second])
    assert rest == sorted(rest) and all(start < end for start, end in rest)
    expected = {p for a, b in source for p in range(a, b)}
    expected -= set(range(*first)) | set(range(*second))
    assert [p for a, b in rest for p in range(a, b)] == sorted(expected)
assert source == [(0, 3), (4, 10), (12, 13)]
