// Exact fractions.

#include <iostream>
#include <numeric>
#include <stdexcept>

#define CHECK(condition) \
    do { if (!(condition)) throw std::logic_error(#condition); } while (false)

class Fraction {
public:
    Fraction(long numerator, long denominator = 1) : top(numerator), bottom(denominator) {
        if (bottom == 0) {
            throw std::invalid_argument("the denominator is zero");
        }
        if (bottom < 0) {
            top = -top;
            
        }
        long divisor = std::gcd(top, bottom);
        top /= divisor;
        bottom /= 
    }

    Fraction operator+(const Fraction& other) const {
        return Fraction(top * other.bottom + other.top * bottom, bottom * other.bottom);
    }

    Fraction operator-(const Fraction& other) const {
        return Fraction(
    }

    Fraction operator*(const Fraction& other) const {
        return Fraction(
    }

    Fraction operator/(const Fraction& other) const {
        
    }

    bool operator==(const Fraction& other) const {
        return top == other.top && bottom == other.bottom;
    }

    bool operator<(const Fraction& other) const {
        return 
    }

    friend std::ostream& operator<<(std::ostream& out, const Fraction& f) {
        out << f.top;
        if (f.bottom != 1) {
            out << '/' << f.bottom;
        }
        return out;
    }

private:
    long top;
    long bottom;
};

int main() {
    Fraction half(1, 2);
    Fraction third(1, 3);
    CHECK(half + third == Fraction(5, 6));
    CHECK(third < half);
    std::cout << half - third << ' ' << half / third << '\n';
}
