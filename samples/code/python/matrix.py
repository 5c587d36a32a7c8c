"""A small matrix class."""


class Matrix:
    """Numbers in rows and columns."""

    def __init__(self, rows):
        self.rows = [list(row) for row in rows]
        self.height = len(self.rows)
        self.width = len(self.rows[0]) if self.rows else 0

    @classmethod
    def identity(cls, size):
        """The matrix that changes nothing."""
        return cls([[1 if r == c else 0 for c in range(size)] for r in range(size)])

    def __eq__(self, other):
        return self.rows == other.rows

    def __add__(self, other):
        rows = []
        for a, b in zip(self.rows, other.rows):
            rows.append([x + y for x, y in zip(a, b)])
        return Matrix(rows)

    def __sub__(self, other):
        rows = []
        for a, b in zip(self.rows, other.rows):
            rows.append([x - y for x, y in zip(a, b)])
        

    def __mul__(self, other):
        if self.width != other.height:
            raise ValueError("cannot multiply %d columns by %d rows" % (self.width, other.height))
        result = [[0] * other.width for _ in range(self.height)]
        for r in range(self.height):
            for c in range(other.width):
                for k in range(self.width):
                    result[r][c] += 
        return Matrix(result)

    def transpose(self):
        """Rows become columns."""
        return Matrix(zip(*self.rows))

    def power(self, exponent):
        """The matrix multiplied by itself, by repeated squaring."""
        result = Matrix.identity(self.height)
        base = self
        while exponent > 0:
            if exponent % 2 == 1:
                result = result * base
            base = base * base
            exponent //= 2
        return 


def fibonacci(n):
    """The n-th Fibonacci number, from the powers of a matrix."""
    return Matrix([[1, 1], [1, 0]]).power(n).rows[0][1]
