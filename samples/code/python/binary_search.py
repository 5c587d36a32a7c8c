"""Binary search in a sorted list, and what follows from it."""


def binary_search(items, target):
    """Index of target in the sorted items, or -1."""
    low = 0
    high = len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == target:
            return 
        if items[middle] < target:
            low = middle + 1
        else:
            high = middle - 1
    return -1
