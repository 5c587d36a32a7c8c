//: Fill-in-the-middle tasks in C++17, hard ones: an invariant or a step of an algorithm is missing.
//: A task is a program with one hole, whose right content stands between the two guillemets;
//: then wrong contents (mutants) that the test must reject; then the test, which is put after
//: the filled program and passes if main returns 0. Text between mark lines counts byte for byte.
//: task lru_cache
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

/// A cache of at most `capacity` (not zero) entries. When a further one comes,
/// the entry that was read or written least recently is dropped.
class LruCache {
public:
    explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

    std::optional<int> get(const std::string& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) {
            return std::nullopt;
        }
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->second;
    }

    void put(const std::string& key, int value) {
        const auto found = index_.find(key);
        if (found != index_.end()) {
            entries_.erase(found->second);
            index_.erase(found);
        }
«        if (entries_.size() == capacity_) {
            index_.erase(entries_.back().first);
            entries_.pop_back();
        }
»        entries_.emplace_front(key, value);
        index_[key] = entries_.begin();
    }

    std::size_t size() const {
        return entries_.size();
    }

private:
    using Entries = std::list<std::pair<std::string, int>>;

    std::size_t capacity_;
    /// The most recently used entry comes first.
    Entries entries_;
    std::unordered_map<std::string, Entries::iterator> index_;
};
//: mutant
        if (entries_.size() == capacity_) {
            index_.erase(entries_.front().first);
            entries_.pop_front();
        }
//: mutant
        if (entries_.size() > capacity_) {
            index_.erase(entries_.back().first);
            entries_.pop_back();
        }
//: mutant
        if (entries_.size() == capacity_) {
            index_.clear();
            entries_.clear();
        }
//: mutant
        while (entries_.size() > 1) {
            index_.erase(entries_.back().first);
            entries_.pop_back();
        }
//: test
#undef NDEBUG
#include <cassert>

int main() {
    LruCache cache(3);
    assert(!cache.get("a").has_value());
    cache.put("a", 1);
    cache.put("b", 2);
    cache.put("c", 3);
    assert(cache.size() == 3);
    assert(cache.get("a") == 1);
    cache.put("d", 4);
    assert(cache.size() == 3);
    assert(!cache.get("b").has_value());
    assert(cache.get("c") == 3 && cache.get("a") == 1 && cache.get("d") == 4);
    cache.put("c", 30);
    assert(cache.size() == 3);
    assert(cache.get("a") == 1 && cache.get("d") == 4 && cache.get("c") == 30);
    cache.put("a", 10);
    cache.put("e", 5);
    cache.put("f", 6);
    assert(cache.size() == 3);
    assert(!cache.get("d").has_value() && !cache.get("c").has_value());
    assert(cache.get("a") == 10 && cache.get("e") == 5 && cache.get("f") == 6);

    LruCache single(1);
    single.put("x", 1);
    single.put("x", 2);
    assert(single.size() == 1 && single.get("x") == 2);
    single.put("y", 3);
    assert(single.size() == 1 && !single.get("x").has_value() && single.get("y") == 3);
    return 0;
}
//: task relative_heights
#include <cstddef>
#include <numeric>
#include <optional>
#include <vector>

/// Collects facts of the form "point b lies `rise` above point a" and finds the
/// difference in height of any two points that the facts connect.
class Heights {
public:
    explicit Heights(std::size_t points) : parent_(points), above_parent_(points, 0) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }

    /// Adds a fact. False when it contradicts the facts known already; it is
    /// not kept then.
    bool add(std::size_t a, std::size_t b, int rise) {
        const std::size_t root_a = find_root(a);
        const std::size_t root_b = find_root(b);
        if (root_a == root_b) {
            return above_parent_[b] - above_parent_[a] == rise;
        }
        parent_[root_b] = root_a;
«        above_parent_[root_b] = above_parent_[a] + rise - above_parent_[b];
»        return true;
    }

    /// How far b lies above a, if that is known.
    std::optional<int> rise(std::size_t a, std::size_t b) {
        if (find_root(a) != find_root(b)) {
            return std::nullopt;
        }
        return above_parent_[b] - above_parent_[a];
    }

private:
    /// The root of a point's tree. Makes it the point's parent on the way, so
    /// that `above_parent_` tells the height above the root afterwards.
    std::size_t find_root(std::size_t point) {
        const std::size_t parent = parent_[point];
        if (parent == point) {
            return point;
        }
        const std::size_t root = find_root(parent);
        above_parent_[point] += above_parent_[parent];
        parent_[point] = root;
        return root;
    }

    std::vector<std::size_t> parent_;
    /// Height of each point above its parent; 0 for a root.
    std::vector<int> above_parent_;
};
//: mutant
        above_parent_[root_b] = rise;
//: mutant
        above_parent_[root_b] = above_parent_[b] + rise - above_parent_[a];
//: mutant
        above_parent_[root_b] = above_parent_[a] - above_parent_[b] - rise;
//: mutant
        above_parent_[root_b] = above_parent_[a] + rise;
//: mutant
        above_parent_[root_b] += above_parent_[b] + rise;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    Heights one(1);
    assert(one.rise(0, 0) == 0);
    assert(one.add(0, 0, 0) && !one.add(0, 0, 1));

    Heights heights(8);
    assert(!heights.rise(0, 1).has_value());
    assert(heights.add(0, 1, 5));
    assert(heights.rise(0, 1) == 5 && heights.rise(1, 0) == -5);
    assert(heights.add(2, 3, 7));
    assert(heights.add(1, 3, 1));
    // Heights so far: 0 -> 0, 1 -> 5, 3 -> 6, 2 -> -1.
    assert(heights.rise(0, 3) == 6 && heights.rise(0, 2) == -1 && heights.rise(2, 1) == 6);
    assert(!heights.add(0, 2, 1));
    assert(heights.add(0, 2, -1));
    assert(heights.add(4, 5, -10));
    assert(heights.add(5, 6, 4));
    assert(heights.add(6, 2, 100));
    // 2 is 100 above 6: 6 -> -101, 5 -> -105, 4 -> -95.
    assert(heights.rise(0, 6) == -101 && heights.rise(0, 5) == -105 && heights.rise(0, 4) == -95);
    assert(heights.rise(4, 1) == 100 && heights.rise(3, 5) == -111);
    assert(!heights.rise(0, 7).has_value());
    assert(heights.add(7, 4, 95));
    assert(heights.rise(0, 7) == -190 && heights.rise(7, 7) == 0);
    return 0;
}
//: task build_order
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// An order in which every target comes after all that it needs; where several
/// could come next, the first in the alphabet does. `needs` holds pairs of a
/// target and a target that it needs, without repetitions. Nothing comes back
/// when targets need each other in a circle.
std::optional<std::vector<std::string>> build_order(
    const std::vector<std::pair<std::string, std::string>>& needs) {
    std::map<std::string, std::vector<std::string>> needed_by;
    std::map<std::string, int> missing;
    for (const auto& [target, need] : needs) {
        needed_by[need].push_back(target);
        ++missing[target];
        missing.emplace(need, 0);
    }
    std::set<std::string> ready;
    for (const auto& [target, count] : missing) {
        if (count == 0) {
            ready.insert(target);
        }
    }
    std::vector<std::string> order;
    while (!ready.empty()) {
        const std::string target = ready.extract(ready.begin()).value();
        order.push_back(target);
        for (const std::string& next : needed_by[target]) {
«            if (--missing[next] == 0) {
                ready.insert(next);
            }
»        }
    }
    if (order.size() < missing.size()) {
        return std::nullopt;
    }
    return order;
}
//: mutant
            if (missing[next]-- == 0) {
                ready.insert(next);
            }
//: mutant
            if (--missing[target] == 0) {
                ready.insert(next);
            }
//: mutant
            if (missing[next] == 1) {
                ready.insert(next);
            }
//: mutant
            if (--missing[next] == 1) {
                ready.insert(next);
            }
//: mutant
            if (--missing[next] == 0) {
                order.push_back(next);
            }
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Order = std::vector<std::string>;
    assert(build_order({})->empty());
    assert((build_order({{"app", "lib"}}) == Order{"lib", "app"}));
    assert((build_order({{"c", "b"}, {"b", "a"}, {"c", "a"}}) == Order{"a", "b", "c"}));
    assert((build_order({{"a", "z"}, {"b", "y"}}) == Order{"y", "b", "z", "a"}));
    assert((build_order({{"top", "x"}, {"top", "y"}, {"top", "z"}})
            == Order{"x", "y", "z", "top"}));
    assert((build_order({{"d", "b"}, {"d", "c"}, {"b", "a"}, {"c", "a"}, {"e", "d"}})
            == Order{"a", "b", "c", "d", "e"}));
    assert((build_order({{"a", "m"}, {"k", "m"}, {"a", "k"}, {"z", "b"}})
            == Order{"b", "m", "k", "a", "z"}));
    assert(!build_order({{"a", "a"}}).has_value());
    assert(!build_order({{"a", "b"}, {"b", "a"}}).has_value());
    assert(!build_order({{"b", "a"}, {"c", "b"}, {"b", "c"}, {"d", "c"}}).has_value());
    return 0;
}
//: task shortest_path_count
#include <cstddef>
#include <queue>
#include <vector>

/// In how many ways one can get from `from` to `to` with the fewest steps. The
/// nodes are numbered from 0; `edges[node]` holds the nodes that one step leads
/// to, each once. 0 when there is no way; 1 from a node to itself.
long long shortest_path_count(const std::vector<std::vector<std::size_t>>& edges,
                              std::size_t from, std::size_t to) {
    const int unknown = -1;
    std::vector<int> steps(edges.size(), unknown);
    std::vector<long long> ways(edges.size(), 0);
    std::queue<std::size_t> open;
    steps[from] = 0;
    ways[from] = 1;
    open.push(from);
    while (!open.empty()) {
        const std::size_t node = open.front();
        open.pop();
        for (std::size_t next : edges[node]) {
            if (steps[next] == unknown) {
                steps[next] = steps[node] + 1;
                open.push(next);
            }
«            if (steps[next] == steps[node] + 1) {
                ways[next] += ways[node];
            }
»        }
    }
    return ways[to];
}
//: mutant
            if (steps[next] == steps[node] + 1) {
                ways[next] += 1;
            }
//: mutant
            ways[next] += ways[node];
//: mutant
            if (steps[next] == steps[node] + 1) {
                ways[next] = ways[node];
            }
//: mutant
            if (steps[next] >= steps[node]) {
                ways[next] += ways[node];
            }
//: mutant
            if (steps[next] == steps[node] + 1) {
                ways[next] = ways[node] + 1;
            }
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(shortest_path_count({{}}, 0, 0) == 1);
    assert(shortest_path_count({{0}}, 0, 0) == 1);
    assert(shortest_path_count({{}, {}}, 0, 1) == 0);
    assert(shortest_path_count({{1}, {0}}, 0, 1) == 1);
    assert(shortest_path_count({{1}, {0}}, 0, 0) == 1);
    // A diamond, then a second one behind it.
    const std::vector<std::vector<std::size_t>> diamonds{{1, 2}, {3}, {3}, {4, 5}, {6}, {6}, {0}};
    assert(shortest_path_count(diamonds, 0, 3) == 2);
    assert(shortest_path_count(diamonds, 0, 6) == 4);
    assert(shortest_path_count(diamonds, 0, 0) == 1);
    assert(shortest_path_count(diamonds, 3, 1) == 2);
    // A shorter way hides a longer one.
    assert(shortest_path_count({{1, 2}, {2}, {}}, 0, 2) == 1);
    // Neighbours at the same distance add nothing to each other.
    assert(shortest_path_count({{1, 2}, {2, 3}, {1, 3}, {}}, 0, 3) == 2);
    assert(shortest_path_count({{1, 2, 3}, {4}, {4}, {4}, {5}, {}}, 0, 5) == 3);
    // A ring of six nodes, walked both ways.
    const std::vector<std::vector<std::size_t>> ring{{1, 5}, {0, 2}, {1, 3},
                                                     {2, 4}, {3, 5}, {4, 0}};
    assert(shortest_path_count(ring, 0, 3) == 2);
    assert(shortest_path_count(ring, 0, 2) == 1);
    return 0;
}
//: task window_maximum
#include <cstddef>
#include <deque>
#include <vector>

/// The largest value of every run of `size` (not zero) neighbouring values, in
/// the order of the runs; none when there are fewer values than that. Takes
/// time in proportion to the number of values, whatever the size.
std::vector<int> window_maximum(const std::vector<int>& values, std::size_t size) {
    std::vector<int> largest;
    // Indices of values that may still become the largest, these values in descending order.
    std::deque<std::size_t> candidates;
    for (std::size_t i = 0; i < values.size(); ++i) {
«        while (!candidates.empty() && values[candidates.back()] <= values[i]) {
            candidates.pop_back();
        }
»        candidates.push_back(i);
        if (candidates.front() + size == i) {
            candidates.pop_front();
        }
        if (i + 1 >= size) {
            largest.push_back(values[candidates.front()]);
        }
    }
    return largest;
}
//: mutant
        while (!candidates.empty() && values[candidates.back()] >= values[i]) {
            candidates.pop_back();
        }
//: mutant
        if (!candidates.empty() && values[candidates.back()] <= values[i]) {
            candidates.pop_back();
        }
//: mutant
        while (!candidates.empty() && values[candidates.front()] <= values[i]) {
            candidates.pop_front();
        }
//: mutant
        while (candidates.size() > 1 && values[candidates.back()] <= values[i]) {
            candidates.pop_back();
        }
//: mutant
        while (!candidates.empty() && candidates.back() + size <= i) {
            candidates.pop_back();
        }
//: test
#undef NDEBUG
#include <algorithm>
#include <cassert>

int main() {
    using Values = std::vector<int>;
    assert(window_maximum({}, 3).empty());
    assert(window_maximum({1, 2}, 3).empty());
    assert((window_maximum({4}, 1) == Values{4}));
    assert((window_maximum({4, 1, 3}, 1) == Values{4, 1, 3}));
    assert((window_maximum({4, 1, 3}, 3) == Values{4}));
    assert((window_maximum({1, 2, 3, 4}, 2) == Values{2, 3, 4}));
    assert((window_maximum({4, 3, 2, 1}, 2) == Values{4, 3, 2}));
    assert((window_maximum({3, 2, 1, 4, 0}, 4) == Values{4, 4}));
    assert((window_maximum({5, 1, 2, 0, 0}, 3) == Values{5, 2, 2}));
    assert((window_maximum({-3, -1, -2, -5}, 2) == Values{-1, -1, -2}));
    assert((window_maximum({2, 2, 2, 1}, 2) == Values{2, 2, 2}));
    Values values;
    unsigned state = 12345;
    for (int i = 0; i < 200; ++i) {
        state = state * 1103515245u + 12345u;
        values.push_back(static_cast<int>(state >> 16 & 31) - 16);
    }
    for (std::size_t size = 1; size <= values.size(); ++size) {
        Values expected;
        for (std::size_t start = 0; start + size <= values.size(); ++start) {
            const auto first = values.begin() + static_cast<std::ptrdiff_t>(start);
            expected.push_back(*std::max_element(first, first + static_cast<std::ptrdiff_t>(size)));
        }
        assert(window_maximum(values, size) == expected);
    }
    return 0;
}
//: task typing_distance
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

/// How many typing mistakes turn one word into another: a missing, an extra or
/// a wrong character, or two neighbouring characters in the wrong order. Each
/// counts 1, and no part of the word is changed twice.
int typing_distance(const std::string& a, const std::string& b) {
    // cost[i][j]: distance of the first i characters of a from the first j of b.
    std::vector<std::vector<int>> cost(a.size() + 1, std::vector<int>(b.size() + 1, 0));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = static_cast<int>(i + j);
                continue;
            }
            const int wrong = a[i - 1] == b[j - 1] ? 0 : 1;
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                                   cost[i - 1][j - 1] + wrong});
«            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
»        }
    }
    return cost[a.size()][b.size()];
}
//: mutant
            if (i > 1 && j > 1 && a[i - 1] == b[j - 1] && a[i - 2] == b[j - 2]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
//: mutant
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 1][j - 1] + 1);
            }
//: mutant
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = cost[i - 2][j - 2] + 1;
            }
//: mutant
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2]);
            }
//: mutant
            if (i > 2 && j > 2 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
//: mutant
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
//: test
#undef NDEBUG
#include <cassert>

static bool gives(const std::string& a, const std::string& b, int expected) {
    return typing_distance(a, b) == expected && typing_distance(b, a) == expected;
}

int main() {
    assert(gives("", "", 0));
    assert(gives("", "abc", 3));
    assert(gives("a", "a", 0));
    assert(gives("a", "b", 1));
    assert(gives("word", "word", 0));
    assert(gives("ab", "ba", 1));
    assert(gives("form", "from", 1));
    assert(gives("receive", "recieve", 1));
    assert(gives("teh", "the", 1));
    assert(gives("kitten", "sitting", 3));
    assert(gives("aa", "aa", 0));
    assert(gives("aaaa", "aaaa", 0));
    assert(gives("abc", "ca", 3));
    assert(gives("abcd", "badc", 2));
    assert(gives("abab", "baba", 2));
    assert(gives("xaby", "xbay", 1));
    assert(gives("ab", "ca", 2));
    assert(gives("xabcab", "yabcba", 2));
    return 0;
}
//: task arena_release
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>

/// Hands out pieces of a store of `size` cells. What is free is kept as few
/// pieces as possible: no two of them touch.
class Arena {
public:
    explicit Arena(std::size_t size) {
        free_[0] = size;
    }

    /// Start of a piece of `length` cells, from the first free piece that is large enough.
    std::optional<std::size_t> acquire(std::size_t length) {
        for (auto piece = free_.begin(); piece != free_.end(); ++piece) {
            const auto [start, available] = *piece;
            if (available >= length) {
                free_.erase(piece);
                if (available > length) {
                    free_[start + length] = available - length;
                }
                return start;
            }
        }
        return std::nullopt;
    }

    /// Gives an acquired piece back.
    void release(std::size_t start, std::size_t length) {
        const auto next = free_.upper_bound(start);
        if (next != free_.begin()) {
            const auto previous = std::prev(next);
            if (previous->first + previous->second == start) {
                start = previous->first;
                length += previous->second;
                free_.erase(previous);
            }
        }
«        if (next != free_.end() && start + length == next->first) {
            length += next->second;
            free_.erase(next);
        }
»        free_[start] = length;
    }

    /// The free pieces: start and length.
    const std::map<std::size_t, std::size_t>& free_pieces() const {
        return free_;
    }

private:
    std::map<std::size_t, std::size_t> free_;
};
//: mutant
        if (next != free_.end() && next->first + next->second == start) {
            length += next->second;
            free_.erase(next);
        }
//: mutant
        if (next != free_.end() && start + length == next->first) {
            free_.erase(next);
        }
//: mutant
        if (next != free_.end() && start + length == next->first) {
            length += next->second;
        }
//: mutant
        if (next != free_.end() && start + length <= next->first) {
            length += next->second;
            free_.erase(next);
        }
//: mutant
        if (next != free_.end() && start + length == next->first) {
            length += next->first;
            free_.erase(next);
        }
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Pieces = std::map<std::size_t, std::size_t>;
    Arena arena(100);
    assert(arena.acquire(10) == 0u);
    assert(arena.acquire(20) == 10u);
    assert(arena.acquire(30) == 30u);
    assert(arena.acquire(40) == 60u);
    assert(arena.free_pieces().empty());
    assert(!arena.acquire(1).has_value());

    arena.release(10, 20);
    assert((arena.free_pieces() == Pieces{{10, 20}}));
    arena.release(60, 40);
    assert((arena.free_pieces() == Pieces{{10, 20}, {60, 40}}));
    arena.release(0, 10);
    assert((arena.free_pieces() == Pieces{{0, 30}, {60, 40}}));
    arena.release(30, 30);
    assert((arena.free_pieces() == Pieces{{0, 100}}));

    assert(arena.acquire(5) == 0u && arena.acquire(5) == 5u && arena.acquire(5) == 10u);
    arena.release(10, 5);
    assert((arena.free_pieces() == Pieces{{10, 90}}));
    arena.release(0, 5);
    assert((arena.free_pieces() == Pieces{{0, 5}, {10, 90}}));
    assert(arena.acquire(6) == 10u);
    assert((arena.free_pieces() == Pieces{{0, 5}, {16, 84}}));
    arena.release(5, 5);
    assert((arena.free_pieces() == Pieces{{0, 10}, {16, 84}}));
    arena.release(10, 6);
    assert((arena.free_pieces() == Pieces{{0, 100}}));
    return 0;
}
//: task job_queue
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

/// A queue of jobs, kept as a binary heap. The job with the lowest level comes
/// out first; among jobs of one level the one that was added first does.
class JobQueue {
public:
    void add(int level, std::string name) {
        heap_.push_back({level, added_++, std::move(name)});
        std::size_t child = heap_.size() - 1;
        while (child > 0 && before(child, (child - 1) / 2)) {
            std::swap(heap_[child], heap_[(child - 1) / 2]);
            child = (child - 1) / 2;
        }
    }

    std::optional<std::string> take() {
        if (heap_.empty()) {
            return std::nullopt;
        }
        std::swap(heap_.front(), heap_.back());
        std::string name = std::move(heap_.back().name);
        heap_.pop_back();
        std::size_t parent = 0;
        while (2 * parent + 1 < heap_.size()) {
            std::size_t child = 2 * parent + 1;
«            if (child + 1 < heap_.size() && before(child + 1, child)) {
»                ++child;
            }
            if (!before(child, parent)) {
                break;
            }
            std::swap(heap_[child], heap_[parent]);
            parent = child;
        }
        return name;
    }

private:
    struct Job {
        int level;
        std::size_t number;
        std::string name;
    };

    bool before(std::size_t left, std::size_t right) const {
        const Job& a = heap_[left];
        const Job& b = heap_[right];
        return std::tie(a.level, a.number) < std::tie(b.level, b.number);
    }

    std::vector<Job> heap_;
    std::size_t added_ = 0;
};
//: mutant
            if (child + 1 < heap_.size() && before(child, child + 1)) {
//: mutant
            if (child + 1 < heap_.size() && before(child + 1, parent)) {
//: mutant
            if (child + 2 < heap_.size() && before(child + 1, child)) {
//: mutant
            if (child + 1 < heap_.size() && !before(child, parent)) {
//: mutant
            if (child + 1 < heap_.size() && heap_[child + 1].level < heap_[child].level) {
//: test
#undef NDEBUG
#include <algorithm>
#include <cassert>

/// Adds a job for every level, named by its place, and checks that they come out in order.
static bool comes_out_in_order(const std::vector<int>& levels) {
    JobQueue queue;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        queue.add(levels[i], std::to_string(i));
        places.push_back(i);
    }
    std::stable_sort(places.begin(), places.end(),
                     [&](std::size_t a, std::size_t b) { return levels[a] < levels[b]; });
    for (std::size_t place : places) {
        if (queue.take() != std::to_string(place)) {
            return false;
        }
    }
    return !queue.take().has_value();
}

int main() {
    assert(comes_out_in_order({}));
    assert(comes_out_in_order({7}));
    assert(comes_out_in_order({2, 1}));
    assert(comes_out_in_order({3, 3, 3, 3, 3, 3, 3, 3}));
    assert(comes_out_in_order({1, 1, 0, 0, 1, 1, 0, 0, -1}));
    std::vector<int> levels{1, 2, 3, 4, 5, 6, 7};
    do {
        assert(comes_out_in_order(levels));
    } while (std::next_permutation(levels.begin(), levels.end()));
    std::vector<int> repeated{0, 0, 1, 1, 1, 2, 2};
    do {
        assert(comes_out_in_order(repeated));
    } while (std::next_permutation(repeated.begin(), repeated.end()));

    JobQueue queue;
    queue.add(2, "later");
    queue.add(1, "first");
    assert(queue.take() == "first");
    queue.add(2, "last");
    queue.add(1, "second");
    assert(queue.take() == "second" && queue.take() == "later" && queue.take() == "last");
    return 0;
}
//: task evaluate
#include <cctype>
#include <cstddef>
#include <string>
#include <utility>

/// Works out arithmetic on whole numbers: + - * and ^ (power), with brackets.
/// ^ binds tightest and goes from right to left (2^3^2 is 2^9); then *; then +
/// and -, which like * go from left to right. The text is well formed and has
/// no blanks; exponents are not negative.
class Evaluator {
public:
    explicit Evaluator(std::string text) : text_(std::move(text)) {}

    long long value() {
        position_ = 0;
        return expression(1);
    }

private:
    /// Level of an operator, higher for one that binds tighter; 0 for all else.
    static int level_of(char symbol) {
        switch (symbol) {
        case '+':
        case '-':
            return 1;
        case '*':
            return 2;
        case '^':
            return 3;
        default:
            return 0;
        }
    }

    static long long apply(char symbol, long long left, long long right) {
        if (symbol == '+') {
            return left + right;
        }
        if (symbol == '-') {
            return left - right;
        }
        if (symbol == '*') {
            return left * right;
        }
        long long power = 1;
        for (long long i = 0; i < right; ++i) {
            power *= left;
        }
        return power;
    }

    char peek() const {
        return position_ < text_.size() ? text_[position_] : '\0';
    }

    /// Reads on as long as operators of `lowest` level or higher follow.
    long long expression(int lowest) {
        long long left = operand();
        while (level_of(peek()) >= lowest) {
            const char symbol = text_[position_++];
            const int level = level_of(symbol);
            const long long right = expression(«symbol == '^' ? level : level + 1»);
            left = apply(symbol, left, right);
        }
        return left;
    }

    long long operand() {
        if (peek() == '(') {
            ++position_;
            const long long inner = expression(1);
            ++position_;
            return inner;
        }
        long long number = 0;
        while (std::isdigit(static_cast<unsigned char>(peek()))) {
            number = number * 10 + (text_[position_++] - '0');
        }
        return number;
    }

    std::string text_;
    std::size_t position_ = 0;
};
//: mutant
level
//: mutant
level + 1
//: mutant
symbol == '^' ? level + 1 : level
//: mutant
lowest
//: mutant
symbol == '-' ? level + 1 : lowest
//: mutant
symbol == '^' ? lowest : level + 1
//: test
#undef NDEBUG
#include <cassert>

static long long evaluate(const std::string& text) {
    return Evaluator(text).value();
}

int main() {
    assert(evaluate("7") == 7);
    assert(evaluate("120+3") == 123);
    assert(evaluate("1+2*3") == 7);
    assert(evaluate("2*3+1") == 7);
    assert(evaluate("2*3^2") == 18);
    assert(evaluate("2^3*2") == 16);
    assert(evaluate("10-3-2") == 5);
    assert(evaluate("10-3+2") == 9);
    assert(evaluate("10-2*3-1") == 3);
    assert(evaluate("2^3^2") == 512);
    assert(evaluate("2^0^5") == 1);
    assert(evaluate("2^2^1-1") == 3);
    assert(evaluate("1-2^3^1") == -7);
    assert(evaluate("3-2^2+1") == 0);
    assert(evaluate("(1+2)*3") == 9);
    assert(evaluate("10-(3-2)") == 9);
    assert(evaluate("(2^3)^2") == 64);
    assert(evaluate("((5))") == 5);
    assert(evaluate("2*(1+1)^2*3") == 24);
    assert(evaluate("1+2-3+4*5-6*7^1") == -22);
    return 0;
}
//: task day_number
/// Days from the 1st of January 1970 to a date of the Gregorian calendar, which
/// is taken to hold for all years from 1 on; negative for earlier dates.
long long day_number(long long year, int month, int day) {
    // Years are counted from March on here, so that a leap day is the last day of its year.
    if (month <= 2) {
        --year;
    }
    const int months_since_march = (month + 9) % 12;
    const long long day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    // Leap days of all the years up to this one, from the year 1 on.
«    const long long leap_days = year / 4 - year / 100 + year / 400;
»    const long long days_before_1970 = 719468;
    return 365 * year + leap_days + day_of_year - days_before_1970;
}

/// Day of the week, 0 for Sunday to 6 for Saturday.
int weekday(long long year, int month, int day) {
    // The 1st of January 1970 was a Thursday.
    const long long shifted = (day_number(year, month, day) + 4) % 7;
    return static_cast<int>(shifted < 0 ? shifted + 7 : shifted);
}
//: mutant
    const long long leap_days = year / 4 - year / 100;
//: mutant
    const long long leap_days = (year + 1) / 4 - (year + 1) / 100 + (year + 1) / 400;
//: mutant
    const long long leap_days = year / 4 - year / 100 - year / 400;
//: mutant
    const long long leap_days = (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
//: mutant
    const long long leap_days = year / 4 + year / 400;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(day_number(1970, 1, 1) == 0);
    assert(day_number(1970, 1, 2) == 1);
    assert(day_number(1969, 12, 31) == -1);
    assert(day_number(1972, 2, 29) == 789);
    assert(day_number(1972, 3, 1) == 790);
    assert(day_number(2000, 2, 28) == 11015);
    assert(day_number(2000, 2, 29) == 11016);
    assert(day_number(2000, 3, 1) == 11017);
    assert(day_number(1900, 2, 28) + 1 == day_number(1900, 3, 1));
    assert(day_number(2100, 2, 28) + 1 == day_number(2100, 3, 1));
    assert(day_number(2024, 2, 28) + 2 == day_number(2024, 3, 1));
    assert(day_number(1, 1, 1) == -719162);
    assert(day_number(2400, 12, 31) == 157419);
    assert(weekday(1970, 1, 1) == 4);
    assert(weekday(2000, 1, 1) == 6);
    assert(weekday(1900, 1, 1) == 1);
    // One day after the other, over more than four centuries.
    const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    long long expected = day_number(1599, 1, 1);
    for (int year = 1599; year <= 2010; ++year) {
        const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (int month = 1; month <= 12; ++month) {
            const int length = month == 2 && leap ? 29 : lengths[month - 1];
            for (int day = 1; day <= length; ++day) {
                assert(day_number(year, month, day) == expected);
                ++expected;
            }
        }
    }
    return 0;
}
//: task glob_match
#include <cstddef>
#include <string>
#include <vector>

/// Whether a pattern fits all of a name. '*' stands for any characters, also
/// for none; '?' for any one character; every other character for itself.
bool glob_match(const std::string& pattern, const std::string& name) {
    // fits[n]: the part of the pattern read so far fits the first n characters of the name.
    std::vector<bool> fits(name.size() + 1, false);
    fits[0] = true;
    for (char symbol : pattern) {
        std::vector<bool> next(name.size() + 1, false);
        next[0] = symbol == '*' && fits[0];
        for (std::size_t n = 1; n <= name.size(); ++n) {
            if (symbol == '*') {
«                next[n] = fits[n] || next[n - 1];
»            } else {
                next[n] = fits[n - 1] && (symbol == '?' || symbol == name[n - 1]);
            }
        }
        fits = next;
    }
    return fits[name.size()];
}
//: mutant
                next[n] = fits[n] || fits[n - 1];
//: mutant
                next[n] = fits[n - 1] || next[n - 1];
//: mutant
                next[n] = fits[n] && next[n - 1];
//: mutant
                next[n] = next[n - 1];
//: mutant
                next[n] = true;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(glob_match("", ""));
    assert(!glob_match("", "a"));
    assert(!glob_match("a", ""));
    assert(!glob_match("?", ""));
    assert(glob_match("*", ""));
    assert(glob_match("**", ""));
    assert(glob_match("*", "anything"));
    assert(glob_match("*.txt", "notes.txt"));
    assert(glob_match("*.txt", ".txt"));
    assert(!glob_match("*.txt", "notes.txt.bak"));
    assert(glob_match("a*c", "ac"));
    assert(glob_match("a*c", "abc"));
    assert(glob_match("a*c", "abbbbc"));
    assert(!glob_match("a*c", "abcd"));
    assert(!glob_match("a*c", "bac"));
    assert(glob_match("a?c", "abc"));
    assert(!glob_match("a?c", "ac"));
    assert(glob_match("*a*b*", "xxaxxbxx"));
    assert(!glob_match("*a*b*", "xxbxxaxx"));
    assert(glob_match("*ab", "aab"));
    assert(glob_match("?*", "x"));
    assert(!glob_match("?*", ""));
    assert(glob_match("x*", "x"));
    assert(glob_match("*issi*ip*?", "mississippi"));
    assert(!glob_match("*issi*iss", "mississippi"));
    return 0;
}
//: task best_load
#include <algorithm>
#include <cstddef>
#include <vector>

/// A parcel; its weight is at least 1.
struct Parcel {
    int weight;
    int value;
};

/// The largest total value of parcels that can be loaded together when their
/// weights may add up to at most `limit`. There is one of each parcel.
int best_load(const std::vector<Parcel>& parcels, int limit) {
    // best[weight]: largest value of the parcels seen so far that fits into this weight.
    std::vector<int> best(static_cast<std::size_t>(limit) + 1, 0);
    for (const Parcel& parcel : parcels) {
«        for (int weight = limit; weight >= parcel.weight; --weight) {
»            const auto with = static_cast<std::size_t>(weight);
            const auto without = static_cast<std::size_t>(weight - parcel.weight);
            best[with] = std::max(best[with], best[without] + parcel.value);
        }
    }
    return best.back();
}
//: mutant
        for (int weight = parcel.weight; weight <= limit; ++weight) {
//: mutant
        for (int weight = limit; weight > parcel.weight; --weight) {
//: mutant
        for (int weight = limit - 1; weight >= parcel.weight; --weight) {
//: mutant
        for (int weight = limit; weight >= 2 * parcel.weight; --weight) {
//: mutant
        for (int weight = limit; weight >= parcel.weight; weight -= parcel.weight) {
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(best_load({}, 0) == 0);
    assert(best_load({}, 10) == 0);
    assert(best_load({{5, 9}}, 4) == 0);
    assert(best_load({{5, 9}}, 5) == 9);
    assert(best_load({{5, 9}}, 10) == 9);
    assert(best_load({{1, 3}}, 50) == 3);
    assert(best_load({{5, 9}, {5, 9}}, 10) == 18);
    assert(best_load({{6, 30}, {3, 14}, {4, 16}, {2, 9}}, 10) == 46);
    assert(best_load({{10, 60}, {20, 100}, {30, 120}}, 50) == 220);
    assert(best_load({{1, 1}, {2, 6}, {5, 18}, {6, 22}, {7, 28}}, 11) == 40);
    assert(best_load({{3, 4}, {3, 4}, {4, 5}}, 6) == 8);
    assert(best_load({{4, 100}, {3, 1}, {3, 1}}, 6) == 100);
    assert(best_load({{2, 3}, {3, 0}, {4, 5}, {5, 6}}, 5) == 6);
    assert(best_load({{1, 10}, {2, 15}, {3, 40}}, 6) == 65);
    return 0;
}
//: task rotated_start
#include <cstddef>
#include <vector>

/// A log was written round and round into a fixed number of slots, so that its
/// numbers ascend (no two are equal) from the oldest entry on and go on in slot
/// 0 after the last slot. Finds the slot of the oldest entry, the one with the
/// smallest number, in logarithmic time. There is at least one slot.
std::size_t oldest_slot(const std::vector<int>& numbers) {
    std::size_t low = 0;
    std::size_t high = numbers.size() - 1;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if («numbers[middle] > numbers[high]») {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/// The numbers from the oldest to the newest.
std::vector<int> in_order(const std::vector<int>& numbers) {
    std::vector<int> ordered;
    if (numbers.empty()) {
        return ordered;
    }
    const std::size_t start = oldest_slot(numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        ordered.push_back(numbers[(start + i) % numbers.size()]);
    }
    return ordered;
}
//: mutant
numbers[middle] > numbers[low]
//: mutant
numbers[middle] >= numbers[low]
//: mutant
numbers[middle] < numbers[high]
//: mutant
numbers[low] > numbers[high]
//: mutant
numbers[middle] > numbers[middle + 1]
//: test
#undef NDEBUG
#include <algorithm>
#include <cassert>

int main() {
    assert(in_order({}).empty());
    assert(oldest_slot({5}) == 0);
    assert(oldest_slot({1, 2}) == 0);
    assert(oldest_slot({2, 1}) == 1);
    assert(oldest_slot({3, 1, 2}) == 1);
    assert(oldest_slot({2, 3, 1}) == 2);
    assert(oldest_slot({40, 50, -10, 0, 30}) == 2);
    for (int size = 1; size <= 20; ++size) {
        std::vector<int> sorted;
        for (int i = 0; i < size; ++i) {
            sorted.push_back(i * i - 50);
        }
        std::vector<int> numbers = sorted;
        for (int turn = 0; turn < size; ++turn) {
            assert(in_order(numbers) == sorted);
            std::rotate(numbers.begin(), numbers.begin() + 1, numbers.end());
        }
    }
    return 0;
}
//: task point_in_polygon
#include <cstddef>
#include <vector>

struct Point {
    double x;
    double y;
};

/// Whether a point lies inside a polygon, given by its corners in order (the
/// last is joined to the first). A ray from the point towards growing x crosses
/// the outline of the polygon an odd number of times just when the point is
/// inside. Points on the outline itself are not asked for.
bool contains(const std::vector<Point>& corners, const Point& point) {
    bool inside = false;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const Point& a = corners[i];
        const Point& b = corners[(i + 1) % corners.size()];
        if ((a.y > point.y) != (b.y > point.y)) {
            // Where the edge is at the height of the point.
«            const double x = a.x + (point.y - a.y) * (b.x - a.x) / (b.y - a.y);
»            if (point.x < x) {
                inside = !inside;
            }
        }
    }
    return inside;
}
//: mutant
            const double x = b.x + (point.y - a.y) * (b.x - a.x) / (b.y - a.y);
//: mutant
            const double x = a.x + (point.y - b.y) * (b.x - a.x) / (b.y - a.y);
//: mutant
            const double x = a.x + (point.y - a.y) * (b.y - a.y) / (b.x - a.x);
//: mutant
            const double x = a.x + (point.y - a.y) * (a.x - b.x) / (b.y - a.y);
//: mutant
            const double x = (a.x + b.x) / 2;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(!contains({}, {0, 0}));
    assert(!contains({{1, 1}}, {0, 0}));
    const std::vector<Point> square{{0, 0}, {4, 0}, {4, 4}, {0, 4}};
    assert(contains(square, {2, 2}));
    assert(contains(square, {0.5, 3.5}));
    assert(!contains(square, {5, 2}));
    assert(!contains(square, {-1, 2}));
    assert(!contains(square, {2, 5}));
    assert(!contains(square, {2, -1}));
    const std::vector<Point> triangle{{0, 0}, {8, 0}, {0, 4}};
    assert(contains(triangle, {1, 1}));
    assert(contains(triangle, {5, 1}));
    assert(contains(triangle, {1, 3}));
    assert(!contains(triangle, {3, 3}));
    assert(!contains(triangle, {7, 1}));
    assert(contains(triangle, {5.9, 1}));
    assert(!contains(triangle, {6.1, 1}));
    // A notch from above, with its tip at (5, 2); corners at the height of the point.
    const std::vector<Point> notched{{0, 0}, {10, 0}, {10, 10}, {5, 2}, {0, 10}};
    assert(contains(notched, {5, 1}));
    assert(contains(notched, {1, 5}));
    assert(contains(notched, {9, 5}));
    assert(!contains(notched, {5, 5}));
    assert(!contains(notched, {4, 8}));
    assert(!contains(notched, {6, 9}));
    assert(contains(notched, {2, 2}));
    assert(contains(notched, {8, 2}));
    assert(!contains(notched, {-1, 2}));
    assert(!contains(notched, {11, 2}));
    const std::vector<Point> diamond{{-3, 0}, {0, -6}, {3, 0}, {0, 6}};
    assert(contains(diamond, {0, 0}));
    assert(contains(diamond, {-2, 0}));
    assert(!contains(diamond, {-4, 0}));
    assert(contains(diamond, {1, 3}));
    assert(!contains(diamond, {-2, 3}));
    assert(!contains(diamond, {2, -4}));
    return 0;
}
