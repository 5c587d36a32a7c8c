// Problems that are solved by filling a table.

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

struct Item {
    int weight;
    int value;
};

// The greatest value that fits in a knapsack, each item taken at most once.
int knapsack(const std::vector<Item>& items, int capacity) {
    std::vector<int> best(capacity + 1, 0);
    for (const Item& item : items) {
        for (int room = capacity; 
            best[room] = std::max(best[room], 
        }
    }
    return best[capacity];
}

// The fewest coins that make an amount, or -1.
int fewest_coins(const std::vector<int>& coins, int amount) {
    const int impossible = amount + 1;
    std::vector<int> fewest(amount + 1, impossible);
    fewest[0] = 0;
    for (int sum = 1; sum <= amount; sum++) {
        for (int coin : coins) {
            if (coin <= sum) {
                fewest[sum] = std::min(fewest[sum], 
            }
        }
    }
    return fewest[amount] == impossible ? -1 : 
}

// The length of the longest sequence that both strings contain, not necessarily in one piece.
int common_length(const std::string& a, const std::string& b) {
    std::vector<std::vector<int>> table(a.size() + 1, std::vector<int>(b.size() + 1, 0));
    for (std::size_t i = 1; i <= a.size(); i++) {
        for (std::size_t j = 1; j <= b.size(); j++) {
            if (a[i - 1] == b[j - 1]) {
                table[i][j] = table[i - 1][j - 1] + 1;
            } else {
                
            }
        }
    }
    return table[a.size()][b.size()];
}

int main() {
    std::cout << knapsack({{1, 1}, {3, 4}, {4, 5}, {5, 7}}, 7) << '\n';
    std::cout << fewest_coins({1, 5, 10, 25}, 63) << '\n';
    std::cout << common_length("routing", "cutting") << '\n';
}
