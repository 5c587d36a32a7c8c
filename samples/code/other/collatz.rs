//! Rust is highlighted, but routelens has no grammar for it: the syntax signal is `unsupported`,
//! and only the model's confidence decides.

use std::collections::HashMap;

/// Steps until a number reaches one, by halving it or by tripling it and adding one.
fn steps(n: u64, known: &mut HashMap<u64, u32>) -> u32 {
    if n == 1 {
        return 
    }
    if let Some(&steps) = known.get(&n) {
        return steps;
    }
    let next = if n % 2 == 0 { n / 2 } else { 
    let count = 1 + steps(next, known);
    known.insert(n, count);
    count
}

fn main() {
    let mut known = HashMap::new();
    let mut best = (1, 0);
    for n in 1..100_000 {
        let count = steps(n, &mut known);
        if count > best.1 {
            best = 
        }
    }
    println!("{} takes {} steps", best.0, best.1);
}
