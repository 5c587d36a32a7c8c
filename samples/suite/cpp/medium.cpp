//: Fill-in-the-middle tasks in C++17, medium ones: the answer needs the whole function understood.
//: A task is a program with one hole, whose right content stands between the two guillemets;
//: then wrong contents (mutants) that the test must reject; then the test, which is put after
//: the filled program and passes if main returns 0. Text between mark lines counts byte for byte.
//: task ring_buffer
#include <cstddef>
#include <vector>

/// Keeps the latest values that were pushed, at most `capacity` (not zero) of
/// them. A value pushed onto a full buffer takes the place of the oldest one.
class RingBuffer {
public:
    explicit RingBuffer(std::size_t capacity) : slots_(capacity) {}

    void push(int value) {
«        slots_[(start_ + size_) % slots_.size()] = value;
        if (size_ < slots_.size()) {
            ++size_;
        } else {
            start_ = (start_ + 1) % slots_.size();
        }
»    }

    /// The values from the oldest to the newest.
    std::vector<int> values() const {
        std::vector<int> result;
        for (std::size_t i = 0; i < size_; ++i) {
            result.push_back(slots_[(start_ + i) % slots_.size()]);
        }
        return result;
    }

private:
    std::vector<int> slots_;
    std::size_t start_ = 0;
    std::size_t size_ = 0;
};
//: mutant
        slots_[(start_ + size_) % slots_.size()] = value;
        if (size_ < slots_.size()) {
            ++size_;
        }
//: mutant
        slots_[size_ % slots_.size()] = value;
        if (size_ < slots_.size()) {
            ++size_;
        } else {
            start_ = (start_ + 1) % slots_.size();
        }
//: mutant
        slots_[(start_ + size_) % slots_.size()] = value;
        if (size_ <= slots_.size()) {
            ++size_;
        } else {
            start_ = (start_ + 1) % slots_.size();
        }
//: mutant
        if (size_ < slots_.size()) {
            ++size_;
        } else {
            start_ = (start_ + 1) % slots_.size();
        }
        slots_[(start_ + size_) % slots_.size()] = value;
//: mutant
        slots_[(start_ + size_) % slots_.size()] = value;
        ++size_;
        start_ = (start_ + 1) % slots_.size();
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Values = std::vector<int>;
    RingBuffer buffer(3);
    assert(buffer.values().empty());
    buffer.push(1);
    assert((buffer.values() == Values{1}));
    buffer.push(2);
    buffer.push(3);
    assert((buffer.values() == Values{1, 2, 3}));
    buffer.push(4);
    assert((buffer.values() == Values{2, 3, 4}));
    buffer.push(5);
    assert((buffer.values() == Values{3, 4, 5}));
    for (int value = 6; value <= 20; ++value) {
        buffer.push(value);
        assert((buffer.values() == Values{value - 2, value - 1, value}));
    }
    RingBuffer single(1);
    single.push(7);
    assert((single.values() == Values{7}));
    single.push(8);
    single.push(8);
    assert((single.values() == Values{8}));
    return 0;
}
//: task merge_intervals
#include <algorithm>
#include <vector>

/// A stretch of time, never empty; `end` is the first moment after it.
struct Interval {
    int begin;
    int end;
};

/// The same times as the given stretches cover together, as few stretches as
/// possible, in order. Stretches that overlap or touch become one.
std::vector<Interval> merge_intervals(std::vector<Interval> intervals) {
    std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
        return a.begin < b.begin;
    });
    std::vector<Interval> merged;
    for (const Interval& next : intervals) {
        if (!merged.empty() && next.begin <= merged.back().end) {
«            merged.back().end = std::max(merged.back().end, next.end);
»        } else {
            merged.push_back(next);
        }
    }
    return merged;
}
//: mutant
            merged.back().end = next.end;
//: mutant
            merged.back().end = std::min(merged.back().end, next.end);
//: mutant
            merged.back().end = std::max(merged.back().end, next.begin);
//: mutant
            merged.back().end += next.end - next.begin;
//: test
#undef NDEBUG
#include <cassert>

static bool gives(const std::vector<Interval>& input, const std::vector<Interval>& expected) {
    const std::vector<Interval> merged = merge_intervals(input);
    return std::equal(merged.begin(), merged.end(), expected.begin(), expected.end(),
                      [](const Interval& a, const Interval& b) {
                          return a.begin == b.begin && a.end == b.end;
                      });
}

int main() {
    assert(gives({}, {}));
    assert(gives({{1, 2}}, {{1, 2}}));
    assert(gives({{1, 3}, {2, 5}}, {{1, 5}}));
    assert(gives({{1, 3}, {3, 4}}, {{1, 4}}));
    assert(gives({{1, 3}, {4, 6}}, {{1, 3}, {4, 6}}));
    assert(gives({{1, 9}, {2, 4}}, {{1, 9}}));
    assert(gives({{1, 9}, {2, 4}, {8, 10}, {11, 12}}, {{1, 10}, {11, 12}}));
    assert(gives({{7, 8}, {-5, -1}, {-2, 0}}, {{-5, 0}, {7, 8}}));
    assert(gives({{2, 3}, {2, 3}}, {{2, 3}}));
    assert(gives({{0, 2}, {1, 3}, {2, 4}, {3, 5}}, {{0, 5}}));
    return 0;
}
//: task pack_runs
#include <cstddef>
#include <string>

/// Shortens text by writing each run of equal characters as the character and
/// the length of the run; a length of 1 is left out. "aaab" becomes "a3b". The
/// text itself has no digits.
std::string pack_runs(const std::string& text) {
    std::string packed;
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        ++run;
«        if (i + 1 == text.size() || text[i + 1] != text[i]) {
            packed += text[i];
            if (run > 1) {
                packed += std::to_string(run);
            }
            run = 0;
»        }
    }
    return packed;
}
//: mutant
        if (i + 1 < text.size() && text[i + 1] != text[i]) {
            packed += text[i];
            if (run > 1) {
                packed += std::to_string(run);
            }
            run = 0;
//: mutant
        if (i + 1 == text.size() || text[i + 1] != text[i]) {
            packed += text[i];
            if (run > 1) {
                packed += std::to_string(run);
            }
            run = 1;
//: mutant
        if (i + 1 == text.size() || text[i + 1] != text[i]) {
            packed += text[i];
            packed += std::to_string(run);
            run = 0;
//: mutant
        if (i + 1 == text.size() || text[i + 1] != text[i]) {
            packed += text[i];
            if (run > 1) {
                packed += std::to_string(run - 1);
            }
            run = 0;
//: mutant
        if (i == 0 || text[i - 1] != text[i]) {
            packed += text[i];
            if (run > 1) {
                packed += std::to_string(run);
            }
            run = 0;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(pack_runs("") == "");
    assert(pack_runs("a") == "a");
    assert(pack_runs("aa") == "a2");
    assert(pack_runs("aaab") == "a3b");
    assert(pack_runs("abc") == "abc");
    assert(pack_runs("abbccc") == "ab2c3");
    assert(pack_runs("aabaa") == "a2ba2");
    assert(pack_runs("  x") == " 2x");
    assert(pack_runs(std::string(12, 'z')) == "z12");
    assert(pack_runs(std::string(10, 'y') + "x") == "y10x");
    return 0;
}
//: task token_bucket
#include <algorithm>

/// Limits how often something may happen. The bucket starts full; it earns one
/// token every `interval` milliseconds, counted from moment 0, and never holds
/// more than `capacity`. The part of an interval that has gone by already at
/// one request counts for the next.
class TokenBucket {
public:
    TokenBucket(long long capacity, long long interval)
        : capacity_(capacity), interval_(interval), tokens_(capacity) {}

    /// Takes a token at moment `now`, which never goes back; false when there is none.
    bool allow(long long now) {
        const long long earned = (now - counted_until_) / interval_;
        tokens_ = std::min(capacity_, tokens_ + earned);
«        counted_until_ += earned * interval_;
»        if (tokens_ == 0) {
            return false;
        }
        --tokens_;
        return true;
    }

private:
    long long capacity_;
    long long interval_;
    long long tokens_;
    long long counted_until_ = 0;
};
//: mutant
        counted_until_ = now;
//: mutant
        counted_until_ += interval_;
//: mutant
        counted_until_ += earned;
//: mutant
        counted_until_ = earned * interval_;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    TokenBucket bucket(2, 100);
    assert(bucket.allow(0));
    assert(bucket.allow(0));
    assert(!bucket.allow(0));
    assert(!bucket.allow(60));
    assert(!bucket.allow(99));
    assert(bucket.allow(100));
    assert(!bucket.allow(150));
    assert(bucket.allow(200));
    assert(!bucket.allow(299));
    assert(bucket.allow(350));
    assert(bucket.allow(400));
    assert(!bucket.allow(400));
    // A long pause fills the bucket, but only up to its capacity.
    assert(bucket.allow(1050));
    assert(bucket.allow(1050));
    assert(!bucket.allow(1050));
    assert(bucket.allow(1100));
    assert(!bucket.allow(1199));

    TokenBucket single(1, 7);
    assert(single.allow(3));
    assert(!single.allow(6));
    assert(single.allow(7));
    assert(!single.allow(13));
    assert(single.allow(20));
    assert(single.allow(21));
    assert(!single.allow(27));
    return 0;
}
//: task wrap_text
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

/// Breaks text into lines of at most `width` characters, each with as many
/// words as fit, one blank between two words. A word that is longer than
/// `width` gets a line of its own. No line is empty.
std::vector<std::string> wrap_text(const std::string& text, std::size_t width) {
    std::vector<std::string> lines;
    std::string line;
    std::string word;
    std::istringstream words(text);
    while (words >> word) {
«        if (!line.empty() && line.size() + 1 + word.size() > width) {
            lines.push_back(line);
            line.clear();
        }
»        if (!line.empty()) {
            line += ' ';
        }
        line += word;
    }
    if (!line.empty()) {
        lines.push_back(line);
    }
    return lines;
}
//: mutant
        if (!line.empty() && line.size() + word.size() > width) {
            lines.push_back(line);
            line.clear();
        }
//: mutant
        if (!line.empty() && line.size() + 1 + word.size() >= width) {
            lines.push_back(line);
            line.clear();
        }
//: mutant
        if (line.size() + 1 + word.size() > width) {
            lines.push_back(line);
            line.clear();
        }
//: mutant
        if (!line.empty() && line.size() + 1 + word.size() > width) {
            lines.push_back(line);
        }
//: mutant
        if (!line.empty() && line.size() > width) {
            lines.push_back(line);
            line.clear();
        }
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Lines = std::vector<std::string>;
    assert(wrap_text("", 10).empty());
    assert(wrap_text("   ", 10).empty());
    assert((wrap_text("word", 10) == Lines{"word"}));
    assert((wrap_text("a bc def", 4) == Lines{"a bc", "def"}));
    assert((wrap_text("a bc def", 8) == Lines{"a bc def"}));
    assert((wrap_text("a bc def", 7) == Lines{"a bc", "def"}));
    assert((wrap_text("ab cd", 4) == Lines{"ab", "cd"}));
    assert((wrap_text("extraordinary", 5) == Lines{"extraordinary"}));
    assert((wrap_text("an extraordinary day", 5) == Lines{"an", "extraordinary", "day"}));
    assert((wrap_text("  many   blanks\nand lines ", 15) == Lines{"many blanks and", "lines"}));
    assert((wrap_text("x y z", 1) == Lines{"x", "y", "z"}));
    return 0;
}
//: task version_order
#include <string>
#include <tuple>

/// A version like 2.10.3 or, with a label, a pre-release like 2.10.3-beta.
struct Version {
    int generation;
    int feature;
    int fix;
    std::string label;
};

/// Whether `a` comes before `b`. The three numbers decide first. Where they are
/// the same, a pre-release comes before the release itself, and two
/// pre-releases are in the order of their labels.
bool comes_before(const Version& a, const Version& b) {
    const auto left = std::tie(a.generation, a.feature, a.fix);
    const auto right = std::tie(b.generation, b.feature, b.fix);
    if (left != right) {
        return left < right;
    }
    if (a.label.empty() || b.label.empty()) {
«        return !a.label.empty() && b.label.empty();
»    }
    return a.label < b.label;
}
//: mutant
        return a.label.empty() && !b.label.empty();
//: mutant
        return a.label < b.label;
//: mutant
        return !a.label.empty() || b.label.empty();
//: mutant
        return b.label.empty();
//: test
#undef NDEBUG
#include <cassert>

static bool ordered(const Version& first, const Version& second) {
    return comes_before(first, second) && !comes_before(second, first);
}

int main() {
    const Version release{1, 2, 3, ""};
    assert(!comes_before(release, release));
    assert(ordered({1, 2, 3, ""}, {1, 2, 4, ""}));
    assert(ordered({1, 2, 9, ""}, {1, 3, 0, ""}));
    assert(ordered({1, 9, 9, ""}, {2, 0, 0, ""}));
    assert(ordered({1, 2, 9, ""}, {1, 2, 10, ""}));
    assert(ordered({1, 2, 3, "beta"}, release));
    assert(ordered({1, 2, 3, "alpha"}, {1, 2, 3, "beta"}));
    assert(!comes_before({1, 2, 3, "beta"}, {1, 2, 3, "beta"}));
    assert(ordered(release, {1, 2, 4, "alpha"}));
    assert(ordered({1, 2, 3, "zeta"}, {1, 2, 4, ""}));
    return 0;
}
//: task moving_average
#include <cstddef>
#include <deque>

/// Mean of the latest `size` (not zero) values of a series, or of all of them
/// as long as there are fewer.
class MovingAverage {
public:
    explicit MovingAverage(std::size_t size) : size_(size) {}

    /// Takes the next value in and returns the mean with it.
    double add(double value) {
        window_.push_back(value);
        sum_ += value;
«        if (window_.size() > size_) {
            sum_ -= window_.front();
            window_.pop_front();
        }
»        return sum_ / static_cast<double>(window_.size());
    }

private:
    std::size_t size_;
    std::deque<double> window_;
    double sum_ = 0.0;
};
//: mutant
        if (window_.size() >= size_) {
            sum_ -= window_.front();
            window_.pop_front();
        }
//: mutant
        if (window_.size() > size_) {
            window_.pop_front();
            sum_ -= window_.front();
        }
//: mutant
        if (window_.size() > size_) {
            sum_ -= window_.back();
            window_.pop_back();
        }
//: mutant
        if (window_.size() > size_) {
            window_.pop_front();
        }
//: mutant
        if (window_.size() > size_) {
            sum_ -= window_.front();
        }
//: test
#undef NDEBUG
#include <cassert>

int main() {
    MovingAverage average(3);
    assert(average.add(3.0) == 3.0);
    assert(average.add(5.0) == 4.0);
    assert(average.add(10.0) == 6.0);
    assert(average.add(0.0) == 5.0);
    assert(average.add(-1.0) == 3.0);
    assert(average.add(-2.0) == -1.0);
    assert(average.add(-3.0) == -2.0);
    MovingAverage latest(1);
    assert(latest.add(8.0) == 8.0);
    assert(latest.add(2.0) == 2.0);
    assert(latest.add(2.0) == 2.0);
    MovingAverage wide(100);
    for (int i = 1; i <= 100; ++i) {
        assert(wide.add(i) == (i + 1) / 2.0);
    }
    assert(wide.add(101.0) == 51.5);
    return 0;
}
//: task map_diff
#include <map>
#include <string>
#include <vector>

using Table = std::map<std::string, std::string>;

/// The keys, in order, by what became of them.
struct Difference {
    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<std::string> changed;
};

/// Compares two states of a table. A key with the same value in both is not listed.
Difference compare(const Table& before, const Table& after) {
    Difference difference;
    for (const auto& [key, value] : before) {
        const auto found = after.find(key);
«        if (found == after.end()) {
            difference.removed.push_back(key);
        } else if (found->second != value) {
            difference.changed.push_back(key);
        }
»    }
    for (const auto& entry : after) {
        if (before.count(entry.first) == 0) {
            difference.added.push_back(entry.first);
        }
    }
    return difference;
}
//: mutant
        if (found == after.end()) {
            difference.removed.push_back(key);
        } else {
            difference.changed.push_back(key);
        }
//: mutant
        if (found == after.end()) {
            difference.removed.push_back(key);
        } else if (found->second == value) {
            difference.changed.push_back(key);
        }
//: mutant
        if (found == after.end()) {
            difference.removed.push_back(key);
        } else if (found->second != key) {
            difference.changed.push_back(key);
        }
//: mutant
        if (found != after.end() && found->second != value) {
            difference.changed.push_back(key);
        }
//: mutant
        if (found == after.end()) {
            difference.added.push_back(key);
        } else if (found->second != value) {
            difference.changed.push_back(key);
        }
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Keys = std::vector<std::string>;
    Difference none = compare({}, {});
    assert(none.added.empty() && none.removed.empty() && none.changed.empty());

    const Table table{{"a", "1"}, {"b", "2"}};
    none = compare(table, table);
    assert(none.added.empty() && none.removed.empty() && none.changed.empty());

    const Difference grown = compare({}, table);
    assert((grown.added == Keys{"a", "b"}) && grown.removed.empty() && grown.changed.empty());

    const Difference emptied = compare(table, {});
    assert(emptied.added.empty() && (emptied.removed == Keys{"a", "b"}) && emptied.changed.empty());

    const Difference mixed = compare({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", ""}},
                                     {{"b", "2"}, {"c", "4"}, {"d", "d"}, {"e", "5"}});
    assert((mixed.added == Keys{"e"}));
    assert((mixed.removed == Keys{"a"}));
    assert((mixed.changed == Keys{"c", "d"}));
    return 0;
}
//: task csv_fields
#include <cstddef>
#include <string>
#include <vector>

/// Splits one line of comma-separated values. Between quotes a comma belongs to
/// the field, and two quotes in a row stand for one; the quotes around a field
/// are not part of it. An empty line is one empty field.
std::vector<std::string> csv_fields(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"') {
«            if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
                fields.back() += '"';
                ++i;
            } else {
                quoted = !quoted;
            }
»        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    return fields;
}
//: mutant
            quoted = !quoted;
//: mutant
            if (i + 1 < line.size() && line[i + 1] == '"') {
                fields.back() += '"';
                ++i;
            } else {
                quoted = !quoted;
            }
//: mutant
            if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
                fields.back() += '"';
            } else {
                quoted = !quoted;
            }
//: mutant
            if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
                fields.back() += '"';
                ++i;
            } else {
                quoted = true;
            }
//: mutant
            if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
                fields.back() += '"';
                ++i;
            }
            quoted = !quoted;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Fields = std::vector<std::string>;
    assert((csv_fields("") == Fields{""}));
    assert((csv_fields("a") == Fields{"a"}));
    assert((csv_fields("a,b,c") == Fields{"a", "b", "c"}));
    assert((csv_fields("a,,c,") == Fields{"a", "", "c", ""}));
    assert((csv_fields("\"a,b\",c") == Fields{"a,b", "c"}));
    assert((csv_fields("\"\"") == Fields{""}));
    assert((csv_fields("\"\",x") == Fields{"", "x"}));
    assert((csv_fields("\"say \"\"hi, you\"\"\",x") == Fields{"say \"hi, you\"", "x"}));
    assert((csv_fields("\"\"\"\"") == Fields{"\""}));
    assert((csv_fields("\"\"\",\"\"\",y") == Fields{"\",\"", "y"}));
    assert((csv_fields(" a , b ") == Fields{" a ", " b "}));
    return 0;
}
//: task longest_prefix
#include <cstddef>
#include <map>
#include <memory>
#include <string>

/// A set of words, stored letter by letter.
class Trie {
public:
    void add(const std::string& word) {
        Node* node = &root_;
        for (char c : word) {
            std::unique_ptr<Node>& child = node->children[c];
            if (!child) {
                child = std::make_unique<Node>();
            }
            node = child.get();
        }
        node->is_word = true;
    }

    /// Length of the longest stored word with which `text` begins, 0 if none.
    std::size_t longest_prefix(const std::string& text) const {
        std::size_t longest = 0;
        const Node* node = &root_;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto next = node->children.find(text[i]);
            if (next == node->children.end()) {
                break;
            }
            node = next->second.get();
            if (node->is_word) {
«                longest = i + 1;
»            }
        }
        return longest;
    }

private:
    struct Node {
        std::map<char, std::unique_ptr<Node>> children;
        bool is_word = false;
    };

    Node root_;
};
//: mutant
                longest = i;
//: mutant
                ++longest;
//: mutant
                return i + 1;
//: mutant
                longest += i + 1;
//: mutant
                longest = text.size();
//: test
#undef NDEBUG
#include <cassert>

int main() {
    Trie words;
    assert(words.longest_prefix("") == 0);
    assert(words.longest_prefix("abc") == 0);
    words.add("in");
    words.add("inter");
    words.add("internet");
    words.add("a");
    assert(words.longest_prefix("in") == 2);
    assert(words.longest_prefix("int") == 2);
    assert(words.longest_prefix("inter") == 5);
    assert(words.longest_prefix("internal") == 5);
    assert(words.longest_prefix("internet") == 8);
    assert(words.longest_prefix("internets") == 8);
    assert(words.longest_prefix("a") == 1);
    assert(words.longest_prefix("aaa") == 1);
    assert(words.longest_prefix("i") == 0);
    assert(words.longest_prefix("outer") == 0);
    assert(words.longest_prefix("") == 0);
    return 0;
}
//: task last_event
#include <cstddef>
#include <optional>
#include <vector>

/// Index of the last event that had happened by `moment` (an event at just that
/// moment has), or nothing when all are later. `times` is in ascending order and
/// may have equal entries.
std::optional<std::size_t> last_event(const std::vector<int>& times, int moment) {
    std::size_t low = 0;
    std::size_t high = times.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if («times[middle] <= moment») {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return std::nullopt;
    }
    return low - 1;
}
//: mutant
times[middle] < moment
//: mutant
times[middle] >= moment
//: mutant
times[middle] > moment
//: mutant
times[low] <= moment
//: mutant
times[middle] != moment
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(!last_event({}, 5).has_value());
    assert(!last_event({5}, 4).has_value());
    assert(last_event({5}, 5) == 0u);
    assert(last_event({5}, 6) == 0u);
    const std::vector<int> times{-7, -7, 0, 3, 3, 3, 8};
    assert(!last_event(times, -8).has_value());
    assert(last_event(times, -7) == 1u);
    assert(last_event(times, -1) == 1u);
    assert(last_event(times, 0) == 2u);
    assert(last_event(times, 2) == 2u);
    assert(last_event(times, 3) == 5u);
    assert(last_event(times, 7) == 5u);
    assert(last_event(times, 8) == 6u);
    assert(last_event(times, 1000) == 6u);
    return 0;
}
//: task round_half_even
/// Divides `amount` by `unit` and rounds to the nearest whole number. An amount
/// just half-way between two goes to the even one, so that many roundings do
/// not add up to a bias. `amount` is not negative, `unit` is positive.
long long round_half_even(long long amount, long long unit) {
    const long long quotient = amount / unit;
    const long long twice_rest = amount % unit * 2;
«    const bool up = twice_rest > unit || (twice_rest == unit && quotient % 2 == 1);
»    return up ? quotient + 1 : quotient;
}

/// Tax on a price in cents, with the rate in hundredths of a percent.
long long tax(long long cents, long long rate) {
    return round_half_even(cents * rate, 10000);
}
//: mutant
    const bool up = twice_rest >= unit;
//: mutant
    const bool up = twice_rest > unit;
//: mutant
    const bool up = twice_rest > unit || (twice_rest == unit && quotient % 2 == 0);
//: mutant
    const bool up = twice_rest >= unit && quotient % 2 == 1;
//: mutant
    const bool up = twice_rest > unit || (twice_rest == unit && amount % 2 == 1);
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(round_half_even(0, 10) == 0);
    assert(round_half_even(4, 10) == 0);
    assert(round_half_even(5, 10) == 0);
    assert(round_half_even(6, 10) == 1);
    assert(round_half_even(14, 10) == 1);
    assert(round_half_even(15, 10) == 2);
    assert(round_half_even(16, 10) == 2);
    assert(round_half_even(25, 10) == 2);
    assert(round_half_even(26, 10) == 3);
    assert(round_half_even(35, 10) == 4);
    assert(round_half_even(10, 10) == 1);
    assert(round_half_even(7, 1) == 7);
    assert(round_half_even(1, 3) == 0);
    assert(round_half_even(2, 3) == 1);
    assert(round_half_even(5, 3) == 2);
    assert(round_half_even(1, 2) == 0);
    assert(round_half_even(3, 2) == 2);
    assert(tax(1050, 1900) == 200);
    assert(tax(50, 500) == 2);
    assert(tax(150, 500) == 8);
    return 0;
}
//: task backoff_delay
#include <algorithm>
#include <limits>

/// How long to wait before try number `attempt` (the first retry is 1), in
/// milliseconds: `base`, doubled for every further retry, but never more than
/// `limit`. No step may overflow, even where `limit` is the largest number there is.
/// `base` and `limit` are positive.
long long backoff_delay(long long base, long long limit, int attempt) {
    long long delay = std::min(base, limit);
    for (int retry = 1; retry < attempt && delay < limit; ++retry) {
        delay = «delay > limit / 2 ? limit : delay * 2»;
    }
    return delay;
}
//: mutant
delay * 2
//: mutant
std::min(limit, delay + base)
//: mutant
delay >= limit / 2 ? limit : delay * 2
//: mutant
delay > limit / 2 ? delay : delay * 2
//: mutant
std::min(limit, base * 2)
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(backoff_delay(100, 5000, 1) == 100);
    assert(backoff_delay(100, 5000, 2) == 200);
    assert(backoff_delay(100, 5000, 3) == 400);
    assert(backoff_delay(100, 5000, 4) == 800);
    assert(backoff_delay(100, 5000, 6) == 3200);
    assert(backoff_delay(100, 5000, 7) == 5000);
    assert(backoff_delay(100, 5000, 1000) == 5000);
    assert(backoff_delay(100, 400, 3) == 400);
    assert(backoff_delay(100, 400, 4) == 400);
    assert(backoff_delay(5, 11, 2) == 10);
    assert(backoff_delay(5, 11, 3) == 11);
    assert(backoff_delay(700, 400, 1) == 400);
    assert(backoff_delay(1, 1, 9) == 1);
    const long long most = std::numeric_limits<long long>::max();
    assert(backoff_delay(1, most, 63) == 1LL << 62);
    assert(backoff_delay(1, most, 64) == most);
    assert(backoff_delay(1, most, 100000) == most);
    assert(backoff_delay(3, most, 100) == most);
    return 0;
}
//: task within_hops
#include <map>
#include <queue>
#include <string>
#include <vector>

using Links = std::map<std::string, std::vector<std::string>>;

/// Every name that can be reached from `start` by following at most `hops`
/// links, with the smallest number of links to it. `start` itself has 0.
std::map<std::string, int> within_hops(const Links& links, const std::string& start, int hops) {
    std::map<std::string, int> distance{{start, 0}};
    std::queue<std::string> open;
    open.push(start);
    while (!open.empty()) {
        const std::string name = open.front();
        open.pop();
        const auto entry = links.find(name);
        if (entry == links.end() || distance[name] == hops) {
            continue;
        }
        for (const std::string& neighbour : entry->second) {
«            if (distance.emplace(neighbour, distance[name] + 1).second) {
»                open.push(neighbour);
            }
        }
    }
    return distance;
}
//: mutant
            if (distance.emplace(neighbour, distance[name]).second) {
//: mutant
            if (distance.emplace(neighbour, hops).second) {
//: mutant
            if (distance.emplace(name, distance[name] + 1).second) {
//: mutant
            if (distance.emplace(neighbour, distance[start] + 1).second) {
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Distances = std::map<std::string, int>;
    const Links links{
        {"a", {"b", "c", "a"}}, {"b", {"d"}}, {"c", {"d", "e"}}, {"d", {"f", "a"}}, {"f", {"g"}},
        {"e", {"f", "g"}},
    };
    assert((within_hops({}, "a", 3) == Distances{{"a", 0}}));
    assert((within_hops(links, "a", 0) == Distances{{"a", 0}}));
    assert((within_hops(links, "a", 1) == Distances{{"a", 0}, {"b", 1}, {"c", 1}}));
    assert((within_hops(links, "a", 2)
            == Distances{{"a", 0}, {"b", 1}, {"c", 1}, {"d", 2}, {"e", 2}}));
    assert((within_hops(links, "a", 9)
            == Distances{{"a", 0}, {"b", 1}, {"c", 1}, {"d", 2}, {"e", 2}, {"f", 3}, {"g", 3}}));
    assert((within_hops(links, "g", 5) == Distances{{"g", 0}}));
    assert((within_hops(links, "d", 2)
            == Distances{{"a", 1}, {"b", 2}, {"c", 2}, {"d", 0}, {"f", 1}, {"g", 2}}));
    return 0;
}
//: task group_digits
#include <cstddef>
#include <string>

/// Writes a whole number with a comma between its groups of three digits,
/// counted from the right: 1234567 becomes "1,234,567".
std::string group_digits(long long number) {
    const std::string digits = std::to_string(number < 0 ? -number : number);
    std::string text = number < 0 ? "-" : "";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && «(digits.size() - i) % 3 == 0») {
            text += ',';
        }
        text += digits[i];
    }
    return text;
}
//: mutant
i % 3 == 0
//: mutant
(digits.size() - i) % 3 == 1
//: mutant
(digits.size() - i - 1) % 3 == 0
//: mutant
(digits.size() + i) % 3 == 0
//: mutant
(text.size() - i) % 3 == 0
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(group_digits(0) == "0");
    assert(group_digits(7) == "7");
    assert(group_digits(12) == "12");
    assert(group_digits(999) == "999");
    assert(group_digits(1000) == "1,000");
    assert(group_digits(12345) == "12,345");
    assert(group_digits(123456) == "123,456");
    assert(group_digits(1234567) == "1,234,567");
    assert(group_digits(1000000000LL) == "1,000,000,000");
    assert(group_digits(-1) == "-1");
    assert(group_digits(-100) == "-100");
    assert(group_digits(-1234) == "-1,234");
    assert(group_digits(-654321) == "-654,321");
    return 0;
}
//: task split_tokens
#include <cctype>
#include <cstddef>
#include <string>
#include <vector>

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

bool begins_comparison(char c) {
    return c == '<' || c == '>' || c == '=' || c == '!';
}

/// Splits a condition into names and numbers, the comparisons "<=", ">=", "=="
/// and "!=", and single characters for all else. White space only separates.
std::vector<std::string> split_tokens(const std::string& text) {
    std::vector<std::string> tokens;
    std::size_t start = 0;
    while (start < text.size()) {
        std::size_t end = start + 1;
        if (is_word_character(text[start])) {
            while (end < text.size() && is_word_character(text[end])) {
                ++end;
            }
        } else if («begins_comparison(text[start]) && end < text.size() && text[end] == '='») {
            ++end;
        }
        if (!std::isspace(static_cast<unsigned char>(text[start]))) {
            tokens.push_back(text.substr(start, end - start));
        }
        start = end;
    }
    return tokens;
}
//: mutant
end < text.size() && text[end] == '='
//: mutant
begins_comparison(text[start])
//: mutant
begins_comparison(text[start]) && end < text.size() && begins_comparison(text[end])
//: mutant
begins_comparison(text[start]) && end < text.size() && text[end] == text[start]
//: mutant
end < text.size() && begins_comparison(text[end])
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Tokens = std::vector<std::string>;
    assert(split_tokens("").empty());
    assert(split_tokens(" \t ").empty());
    assert((split_tokens("a") == Tokens{"a"}));
    assert((split_tokens("a<=b1") == Tokens{"a", "<=", "b1"}));
    assert((split_tokens("x >= 10") == Tokens{"x", ">=", "10"}));
    assert((split_tokens("x != y == z") == Tokens{"x", "!=", "y", "==", "z"}));
    assert((split_tokens("a<b") == Tokens{"a", "<", "b"}));
    assert((split_tokens("x +=1") == Tokens{"x", "+", "=", "1"}));
    assert((split_tokens("f(x)=!y") == Tokens{"f", "(", "x", ")", "=", "!", "y"}));
    assert((split_tokens("a<<b") == Tokens{"a", "<", "<", "b"}));
    assert((split_tokens("a=<b") == Tokens{"a", "=", "<", "b"}));
    assert((split_tokens("===") == Tokens{"==", "="}));
    assert((split_tokens("long_name !") == Tokens{"long_name", "!"}));
    assert((split_tokens("\t= x") == Tokens{"=", "x"}));
    assert((split_tokens("a < = b") == Tokens{"a", "<", "=", "b"}));
    assert((split_tokens(" =b") == Tokens{"=", "b"}));
    return 0;
}
//: task column_name
#include <string>

/// Letters over a column of a spreadsheet, by its number from 1: A to Z, then
/// AA, AB and so on to ZZ, then AAA. No digit of this notation is a zero.
std::string column_name(int number) {
    std::string name;
    while (number > 0) {
«        --number;
»        name.insert(name.begin(), static_cast<char>('A' + number % 26));
        number /= 26;
    }
    return name;
}

/// The number of a column from its letters.
int column_number(const std::string& name) {
    int number = 0;
    for (char letter : name) {
        number = number * 26 + (letter - 'A' + 1);
    }
    return number;
}
//: mutant
        ++number;
//: mutant
        number -= 26;
//: mutant
        number = number % 26 - 1;
//: mutant
        number -= name.empty() ? 1 : 0;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(column_name(1) == "A");
    assert(column_name(2) == "B");
    assert(column_name(25) == "Y");
    assert(column_name(26) == "Z");
    assert(column_name(27) == "AA");
    assert(column_name(52) == "AZ");
    assert(column_name(53) == "BA");
    assert(column_name(702) == "ZZ");
    assert(column_name(703) == "AAA");
    assert(column_name(16384) == "XFD");
    for (int number = 1; number < 20000; ++number) {
        assert(column_number(column_name(number)) == number);
    }
    return 0;
}
//: task peak_sessions
#include <algorithm>
#include <vector>

/// A user's visit; at the moment `end` the user has gone already.
struct Session {
    int begin;
    int end;
};

/// The largest number of users who were there at the same time.
int peak_sessions(const std::vector<Session>& sessions) {
    struct Event {
        int time;
        int change;
    };
    std::vector<Event> events;
    for (const Session& session : sessions) {
        events.push_back({session.begin, +1});
        events.push_back({session.end, -1});
    }
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return «a.time != b.time ? a.time < b.time : a.change < b.change»;
    });
    int present = 0;
    int peak = 0;
    for (const Event& event : events) {
        present += event.change;
        peak = std::max(peak, present);
    }
    return peak;
}
//: mutant
a.time < b.time
//: mutant
a.time != b.time ? a.time < b.time : a.change > b.change
//: mutant
a.change != b.change ? a.change < b.change : a.time < b.time
//: mutant
a.time != b.time ? a.time > b.time : a.change < b.change
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(peak_sessions({}) == 0);
    assert(peak_sessions({{1, 5}}) == 1);
    assert(peak_sessions({{1, 5}, {5, 9}}) == 1);
    assert(peak_sessions({{5, 9}, {1, 5}}) == 1);
    assert(peak_sessions({{1, 5}, {4, 9}}) == 2);
    assert(peak_sessions({{1, 2}, {3, 4}, {5, 6}}) == 1);
    assert(peak_sessions({{0, 10}, {1, 3}, {2, 4}, {3, 5}}) == 3);
    assert(peak_sessions({{0, 10}, {3, 5}, {2, 4}, {1, 3}}) == 3);
    assert(peak_sessions({{2, 4}, {2, 4}, {2, 4}}) == 3);
    assert(peak_sessions({{4, 6}, {2, 4}, {4, 6}, {2, 4}}) == 2);
    assert(peak_sessions({{-9, -5}, {-6, 0}, {-5, 1}}) == 2);
    return 0;
}
