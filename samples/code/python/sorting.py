"""Sorting, three ways: by merging, by partition, and by a heap."""


def merge(left, right):
    """Merge two sorted lists into one."""
    result = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            result.append(left[i])
            i += 1
        else:
            result.append(
            j += 1
    result.extend(left[i:])
    result.extend(right[j:])
    return result


def merge_sort(items):
    """Sort by halving and merging; stable."""
    if len(items) <= 1:
        return items
    middle = len(items) // 2
    left = merge_sort(items[:middle])
    right = 
    return merge(left, right)


def partition(items, low, high):
    """Move what is smaller than the last item before it; return its new place."""
    pivot = items[high]
    place = low
    for i in 
        if items[i] < pivot:
            items[i], items[place] = items[place], items[i]
            place += 1
    items[high], items[place] = items[place], items[high]
    return place


def quick_sort(items, low=0, high=None):
    """Sort in place by partition."""
    if high is None:
        high = len(items) - 1
    if low < high:
        place = partition(items, low, high)
        


def sift_down(heap, root, size):
    """Let the item at root sink to where both children are smaller."""
    while True:
        child = 2 * root + 1
        if child >= size:
            return
        if child + 1 < size and heap[child] < heap[child + 1]:
            child += 1
        if heap[root] >= heap[child]:
            return
        heap[root], heap[child] = heap[child], heap[root]
        root = child


def heap_sort(items):
    """Sort in place by a heap."""
    size = len(items)
    for root in range(size // 2 - 1, -1, -1):
        sift_down(items, root, size)
    


def is_sorted(items):
    """Whether no item is smaller than the one before it."""
    return all(a <= b for a, b in zip(items, items[1:]))
