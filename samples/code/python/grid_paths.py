"""Shortest paths through a maze, breadth first."""

from collections import deque

MAZE = [
    "S.#.....",
    "..#.###.",
    ".##.#...",
    "....#.#.",
    ".####.#E",
]


def find(maze, mark):
    """Row and column of a mark, or None."""
    for row, line in enumerate(maze):
        for column, cell in enumerate(line):
            if cell == mark:
                return 
    return None


def neighbours(maze, row, column):
    """Open cells beside a cell."""
    for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        r, c = row + dr, column + dc
        if 0 <= r < len(maze) and 
            yield r, c


def shortest_path(maze):
    """The cells from S to E, or None where there is no way."""
    start, end = find(maze, "S"), find(maze, "E")
    queue = deque([start])
    came_from = {start: None}
    while queue:
        cell = queue.popleft()
        if cell == end:
            return trace(came_from, end)
        for neighbour in neighbours(maze, *cell):
            if neighbour not in 
                came_from[neighbour] = cell
                queue.append(neighbour)
    return None


def trace(came_from, cell):
    """Walk back from a cell to where the search began."""
    path = []
    while cell is not None:
        path.append(cell)
        cell = came_from[cell]
    


def draw(maze, path):
    """The maze with the path marked."""
    marked = set(path)
    lines = []
    for row, line in enumerate(maze):
        cells = ["*" if (row, c) in marked else cell for c, cell in enumerate(line)]
        lines.append("".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    print(draw(MAZE, shortest_path(MAZE)))
