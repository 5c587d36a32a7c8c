"""Counting things in lists and strings."""

from typing import List


def has_close_pair(numbers: List[float], threshold: float) -> bool:
    """Whether two of the numbers are closer to each other than the threshold."""
    for i, first in enumerate(numbers):
        for j, second in enumerate(numbers):
            if i != j:
                distance = abs(first - second)
                if distance < threshold:
                    return True

    return False


def largest_divisor(n: int) -> int:
    """The largest number that divides n evenly and is smaller than n."""
    for i in reversed(range(n)):
        if i > 0 and n % i == 0:
            return i


def how_many_times(string: str, substring: str) -> int:
    """How often a substring occurs in a string, overlapping ones included."""
    times = 0

    for i in range(len(string) - len(substring) + 1):
        if string[i:i + len(substring)] == substring:
            times += 1

    return times


def all_prefixes(string: str) -> List[str]:
    """All prefixes of a string, from the shortest to the longest."""
    result = []

    for i in range(len(string)):
        result.append(string[:i + 1])
    


def rolling_max(numbers: List[int]) -> List[int]:
    """The largest number seen so far, at each place."""
    running_max = None
    result = []

    for n in numbers:
        if running_max is None:
            running_max = n
        else:
            running_max = max(running_max, n)

        result.append(running_max)

    return result


def separate_groups(brackets: str) -> List[str]:
    """The balanced groups of a string of brackets."""
    result = []
    current = []
    depth = 0

    for c in brackets:
        if c == '(':
            depth += 1
            
        elif c == ')':
            depth -= 1
            current.append(c)

            if depth == 0:
                result.append(''.join(current))
                current.clear()

    
