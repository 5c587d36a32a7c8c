"""Stock of a small shop. One function below has a syntax error of its own: a completion elsewhere
is not blamed for it."""


class Inventory:
    """What is in stock, and at what price."""

    def __init__(self):
        self.items = {}

    def add(self, name, quantity, price):
        """Put items on the shelf; the last price counts."""
        if quantity <= 0:
            raise ValueError("quantity must be positive")
        old, _ = self.items.get(name, (0, 0))
        self.items[name] = (old + quantity, price)

    def remove(self, name, quantity):
        """Take items off the shelf; False if there are too few."""
        if name not in self.items:
            
        have, price = self.items[name]
        if have < quantity:
            return False
        self.items[name] = (have - quantity, price)
        return True

    def broken(self, names):
        for name in names
            print(name, self.items[name])

    def total(self):
        """The value of everything in stock."""
        total = 0
        for quantity, price in self.items.values():
            
        return total

    def scarce(self, limit):
        """Names of which fewer than limit are left, in order."""
        names = []
        for name, (quantity, _) in self.items.items():
            if 
                names.append(name)
        return sorted(names)
