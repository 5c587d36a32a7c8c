import java.util.ArrayList;
import java.util.List;

/** Prime numbers and what is made of them. */
public final class Primes {
    private Primes() {}

    /** All primes up to a limit, by the sieve of Eratosthenes. */
    public static List<Integer> upTo(int limit) {
        boolean[] composite = new boolean[limit + 1];
        List<Integer> primes = new ArrayList<>();
        for (int i = 2; i <= limit; i++) {
            if (composite[i]) {
                continue;
            }
            primes.add(i);
            for (long j = (long) i * i; j <= limit; j += i) {
                composite[(int) j] = true;
            }
        }
        return primes;
    }

    public static boolean isPrime(int n) {
        if (n < 2) {
            
        }
        for (int i = 2; (long) i * i <= n; i++) {
            if (n % i == 0) {
                
            }
        }
        return true;
    }

    /** The prime factors of a number, the smallest first. */
    public static List<Integer> factors(int n) {
        List<Integer> factors = new ArrayList<>();
        int divisor = 2;
        while (n > 1) {
            while (n % divisor == 0) {
                factors.add(divisor);
                
            }
            divisor++;
        }
        return factors;
    }

    /** Greatest common divisor, by Euclid's algorithm. */
    public static int gcd(int a, int b) {
        while (b != 0) {
            int rest = a % b;
            
        }
        return a;
    }
}
