//: Fill-in-the-middle tasks in C++17, easy ones: the answer follows from the lines around it.
//: A task is a program with one hole, whose right content stands between the two guillemets;
//: then wrong contents (mutants) that the test must reject; then the test, which is put after
//: the filled program and passes if main returns 0. Text between mark lines counts byte for byte.
//: task progress_bar
#include <cstddef>
#include <string>

/// Draws a progress bar of `width` cells between brackets: '#' for the part
/// that is done, '.' for the rest. A cell is filled only once all of it is
/// done. `total` is not zero and `done` is at most `total`.
std::string progress_bar(std::size_t done, std::size_t total, std::size_t width) {
«    const std::size_t filled = done * width / total;
»    std::string bar = "[";
    bar.append(filled, '#');
    bar.append(width - filled, '.');
    bar += ']';
    return bar;
}
//: mutant
    const std::size_t filled = done / total * width;
//: mutant
    const std::size_t filled = (done * width + total - 1) / total;
//: mutant
    const std::size_t filled = (done * width + total / 2) / total;
//: mutant
    const std::size_t filled = (total - done) * width / total;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(progress_bar(0, 7, 5) == "[.....]");
    assert(progress_bar(7, 7, 5) == "[#####]");
    assert(progress_bar(1, 2, 4) == "[##..]");
    assert(progress_bar(1, 4, 4) == "[#...]");
    assert(progress_bar(2, 3, 10) == "[######....]");
    assert(progress_bar(99, 100, 10) == "[#########.]");
    assert(progress_bar(1, 100, 10) == "[..........]");
    assert(progress_bar(19, 100, 10) == "[#.........]");
    assert(progress_bar(3, 5, 0) == "[]");
    assert(progress_bar(1, 1, 1) == "[#]");
    return 0;
}
//: task mask_card
#include <cstddef>
#include <string>

/// Hides a card number for display: every character but the last four is
/// replaced by '*'. Numbers of four characters or fewer are shown as they are.
std::string mask_card(const std::string& number) {
    const std::size_t shown = 4;
    if (number.size() <= shown) {
        return number;
    }
    const std::size_t hidden = number.size() - shown;
«    return std::string(hidden, '*') + number.substr(hidden);
»}
//: mutant
    return std::string(shown, '*') + number.substr(shown);
//: mutant
    return std::string(number.size(), '*') + number.substr(hidden);
//: mutant
    return number.substr(0, shown) + std::string(hidden, '*');
//: mutant
    return std::string(hidden, '*') + number.substr(shown);
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(mask_card("4111222233334444") == "************4444");
    assert(mask_card("123456789") == "*****6789");
    assert(mask_card("12345") == "*2345");
    assert(mask_card("12345678") == "****5678");
    assert(mask_card("1234") == "1234");
    assert(mask_card("7") == "7");
    assert(mask_card("") == "");
    return 0;
}
//: task format_duration
#include <cstdio>
#include <string>

/// Writes a length of time, given in seconds, as "h:mm:ss". Hours have as many
/// digits as they need; minutes and seconds always have two.
std::string format_duration(int total) {
    const int hours = total / 3600;
«    const int minutes = total / 60 % 60;
»    const int seconds = total % 60;
    char text[40];
    std::snprintf(text, sizeof text, "%d:%02d:%02d", hours, minutes, seconds);
    return text;
}
//: mutant
    const int minutes = total / 60;
//: mutant
    const int minutes = total % 60;
//: mutant
    const int minutes = total % 3600;
//: mutant
    const int minutes = total / 3600 % 60;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(format_duration(0) == "0:00:00");
    assert(format_duration(59) == "0:00:59");
    assert(format_duration(60) == "0:01:00");
    assert(format_duration(61) == "0:01:01");
    assert(format_duration(3599) == "0:59:59");
    assert(format_duration(3600) == "1:00:00");
    assert(format_duration(3725) == "1:02:05");
    assert(format_duration(86399) == "23:59:59");
    assert(format_duration(360000) == "100:00:00");
    return 0;
}
//: task page_count
#include <algorithm>
#include <cstddef>
#include <utility>

/// Number of pages needed to show `items` items, `per_page` on each; the last
/// page may be partly filled. No items need no page. `per_page` is not zero.
std::size_t page_count(std::size_t items, std::size_t per_page) {
    return «(items + per_page - 1) / per_page»;
}

/// First item of a page (counted from 0), and one past its last item.
std::pair<std::size_t, std::size_t> page_bounds(std::size_t page, std::size_t items,
                                                std::size_t per_page) {
    const std::size_t first = std::min(page * per_page, items);
    return {first, std::min(first + per_page, items)};
}
//: mutant
items / per_page
//: mutant
items / per_page + 1
//: mutant
(items - 1) / per_page + 1
//: mutant
(items + per_page) / per_page
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(page_count(0, 10) == 0);
    assert(page_count(1, 10) == 1);
    assert(page_count(9, 10) == 1);
    assert(page_count(10, 10) == 1);
    assert(page_count(11, 10) == 2);
    assert(page_count(100, 7) == 15);
    assert(page_count(0, 1) == 0);
    assert(page_count(5, 1) == 5);
    assert(page_count(3, 100) == 1);
    const auto [first, last] = page_bounds(page_count(25, 10) - 1, 25, 10);
    assert(first == 20 && last == 25);
    return 0;
}
//: task trim_blanks
#include <cstddef>
#include <string>

/// `text` without the blanks, tabs and line ends at its beginning and its end;
/// those inside stay. Text of nothing else becomes empty.
std::string trim(const std::string& text) {
    const char* const blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string::npos) {
        return "";
    }
«    const std::size_t last = text.find_last_not_of(blanks);
»    return text.substr(first, last - first + 1);
}
//: mutant
    const std::size_t last = text.find_last_of(blanks);
//: mutant
    const std::size_t last = text.size() - 1;
//: mutant
    const std::size_t last = text.find_first_of(blanks, first);
//: mutant
    const std::size_t last = text.find_last_not_of(blanks) - 1;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(trim("") == "");
    assert(trim("   ") == "");
    assert(trim("\t\r\n") == "");
    assert(trim("a") == "a");
    assert(trim(" a") == "a");
    assert(trim("a ") == "a");
    assert(trim("  key = value\r\n") == "key = value");
    assert(trim("\tone  two\t") == "one  two");
    assert(trim("plain") == "plain");
    return 0;
}
//: task permission_set
#include <cstdint>

enum Permission : std::uint32_t {
    Read = 1u << 0,
    Write = 1u << 1,
    Share = 1u << 2,
    Delete = 1u << 3,
};

/// The permissions of one user. Granting one that is held already, or revoking
/// one that is not held, changes nothing.
class Permissions {
public:
    void grant(std::uint32_t wanted) {
        bits_ |= wanted;
    }

    void revoke(std::uint32_t unwanted) {
        bits_ «&= ~unwanted»;
    }

    /// Whether every permission of `wanted` is held.
    bool has(std::uint32_t wanted) const {
        return (bits_ & wanted) == wanted;
    }

private:
    std::uint32_t bits_ = 0;
};
//: mutant
^= unwanted
//: mutant
&= unwanted
//: mutant
-= unwanted
//: mutant
|= ~unwanted
//: test
#undef NDEBUG
#include <cassert>

int main() {
    Permissions user;
    assert(!user.has(Read));
    user.revoke(Write);
    assert(!user.has(Write) && !user.has(Read) && !user.has(Share) && !user.has(Delete));
    user.grant(Read | Write);
    assert(user.has(Read | Write) && !user.has(Share));
    user.revoke(Write);
    assert(user.has(Read) && !user.has(Write));
    user.revoke(Write);
    assert(user.has(Read) && !user.has(Write) && !user.has(Share));
    user.grant(Share | Delete);
    user.revoke(Read | Write | Delete);
    assert(user.has(Share) && !user.has(Read) && !user.has(Write) && !user.has(Delete));
    user.revoke(0);
    assert(user.has(Share));
    return 0;
}
//: task days_in_month
/// Whether a year of the Gregorian calendar has a 29th of February: every
/// fourth year does, except full centuries that 400 does not divide.
bool is_leap_year(int year) {
    return «year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)»;
}

/// Number of days of a month (1 to 12).
int days_in_month(int year, int month) {
    switch (month) {
    case 2:
        return is_leap_year(year) ? 29 : 28;
    case 4:
    case 6:
    case 9:
    case 11:
        return 30;
    default:
        return 31;
    }
}
//: mutant
year % 4 == 0
//: mutant
year % 4 == 0 && year % 100 != 0
//: mutant
year % 4 == 0 && (year % 100 == 0 || year % 400 != 0)
//: mutant
year % 400 == 0 || (year % 4 == 0 && year % 100 == 0)
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(is_leap_year(2024));
    assert(!is_leap_year(2023));
    assert(!is_leap_year(1900));
    assert(!is_leap_year(2100));
    assert(is_leap_year(2000));
    assert(is_leap_year(1600));
    assert(!is_leap_year(2022));
    assert(days_in_month(2024, 2) == 29);
    assert(days_in_month(1900, 2) == 28);
    assert(days_in_month(2000, 2) == 29);
    assert(days_in_month(2000, 4) == 30);
    assert(days_in_month(2000, 12) == 31);
    return 0;
}
//: task count_words
#include <string>

/// Number of words in `text`: the longest runs of characters without a blank,
/// a tab or a line end among them.
int count_words(const std::string& text) {
    int words = 0;
    bool inside_word = false;
    for (char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n';
«        if (!blank && !inside_word) {
            ++words;
        }
        inside_word = !blank;
»    }
    return words;
}
//: mutant
        if (blank && !inside_word) {
            ++words;
        }
        inside_word = !blank;
//: mutant
        if (blank && inside_word) {
            ++words;
        }
        inside_word = !blank;
//: mutant
        if (!blank && !inside_word) {
            ++words;
        }
        inside_word = blank;
//: mutant
        if (!blank && !inside_word) {
            ++words;
            inside_word = true;
        }
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(count_words("") == 0);
    assert(count_words(" \t\n ") == 0);
    assert(count_words("word") == 1);
    assert(count_words("two words") == 2);
    assert(count_words("  leading and trailing  ") == 3);
    assert(count_words("a b\tc\nd") == 4);
    assert(count_words("many    blanks") == 2);
    assert(count_words("a ") == 1);
    assert(count_words(" a") == 1);
    return 0;
}
//: task rectangles_overlap
/// A rectangle on the pixel grid, never empty. Its right and bottom edges lie
/// just outside it: a rectangle from 0 to 4 covers the columns 0, 1, 2 and 3.
struct Rect {
    int left;
    int top;
    int right;
    int bottom;
};

/// Whether at least one pixel belongs to both rectangles. Rectangles that only
/// touch do not overlap.
bool overlap(const Rect& a, const Rect& b) {
    const bool columns = a.left < b.right && b.left < a.right;
«    const bool rows = a.top < b.bottom && b.top < a.bottom;
»    return columns && rows;
}
//: mutant
    const bool rows = a.top <= b.bottom && b.top <= a.bottom;
//: mutant
    const bool rows = a.top < b.bottom || b.top < a.bottom;
//: mutant
    const bool rows = a.top < b.top && b.bottom < a.bottom;
//: mutant
    const bool rows = a.bottom < b.top && b.bottom < a.top;
//: mutant
    const bool rows = a.top < b.bottom && a.top < a.bottom;
//: test
#undef NDEBUG
#include <cassert>

static bool both_ways(const Rect& a, const Rect& b, bool expected) {
    return overlap(a, b) == expected && overlap(b, a) == expected;
}

int main() {
    const Rect box{0, 0, 4, 4};
    assert(both_ways(box, box, true));
    assert(both_ways(box, Rect{1, 1, 2, 2}, true));
    assert(both_ways(box, Rect{3, 3, 9, 9}, true));
    assert(both_ways(box, Rect{-5, -5, 1, 1}, true));
    assert(both_ways(box, Rect{4, 0, 8, 4}, false));
    assert(both_ways(box, Rect{0, 4, 4, 8}, false));
    assert(both_ways(box, Rect{0, -3, 4, 0}, false));
    assert(both_ways(box, Rect{0, 10, 4, 12}, false));
    assert(both_ways(box, Rect{0, -12, 4, -10}, false));
    assert(both_ways(box, Rect{10, 0, 12, 4}, false));
    assert(both_ways(box, Rect{1, -9, 2, 9}, true));
    return 0;
}
//: task reading_range
#include <algorithm>
#include <optional>
#include <vector>

struct Range {
    int low;
    int high;
};

/// Smallest and largest of a sensor's readings, or nothing when there are none.
std::optional<Range> reading_range(const std::vector<int>& readings) {
    if (readings.empty()) {
        return std::nullopt;
    }
    Range range{readings.front(), readings.front()};
    for (int reading : readings) {
«        range.low = std::min(range.low, reading);
        range.high = std::max(range.high, reading);
»    }
    return range;
}
//: mutant
        range.low = std::max(range.low, reading);
        range.high = std::min(range.high, reading);
//: mutant
        range.low = std::min(range.low, reading);
        range.high = std::max(range.low, reading);
//: mutant
        range.low = std::min(0, reading);
        range.high = std::max(range.high, reading);
//: mutant
        range.low = std::min(range.low, reading);
        range.high = reading;
//: test
#undef NDEBUG
#include <cassert>

static bool is(const std::vector<int>& readings, int low, int high) {
    const std::optional<Range> range = reading_range(readings);
    return range.has_value() && range->low == low && range->high == high;
}

int main() {
    assert(!reading_range({}).has_value());
    assert(is({5}, 5, 5));
    assert(is({3, 9, 1}, 1, 9));
    assert(is({1, 2, 3}, 1, 3));
    assert(is({3, 2, 1}, 1, 3));
    assert(is({-4, -9, -1}, -9, -1));
    assert(is({7, 7, 7}, 7, 7));
    assert(is({0, 50, -50, 20}, -50, 50));
    return 0;
}
//: task merge_settings
#include <map>
#include <string>

using Settings = std::map<std::string, std::string>;

/// The settings that hold in the end: `defaults`, with every setting of
/// `overrides` in place of the default of that name or in addition to them.
/// An override with an empty value takes the setting away.
Settings merge_settings(const Settings& defaults, const Settings& overrides) {
    Settings merged = defaults;
    for (const auto& [name, value] : overrides) {
        if (value.empty()) {
            merged.erase(name);
        } else {
«            merged[name] = value;
»        }
    }
    return merged;
}
//: mutant
            merged.emplace(name, value);
//: mutant
            merged[name] += value;
//: mutant
            merged[value] = name;
//: mutant
            merged.at(name) = value;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    const Settings defaults{{"colour", "auto"}, {"pager", "less"}, {"tab", "8"}};
    assert(merge_settings({}, {}).empty());
    assert(merge_settings(defaults, {}) == defaults);
    assert(merge_settings({}, defaults) == defaults);
    assert((merge_settings(defaults, {{"tab", "4"}})
            == Settings{{"colour", "auto"}, {"pager", "less"}, {"tab", "4"}}));
    assert((merge_settings(defaults, {{"pager", ""}})
            == Settings{{"colour", "auto"}, {"tab", "8"}}));
    assert((merge_settings(defaults, {{"editor", "ed"}, {"colour", "never"}})
            == Settings{{"colour", "never"}, {"editor", "ed"}, {"pager", "less"}, {"tab", "8"}}));
    assert((merge_settings(defaults, {{"unknown", ""}}) == defaults));
    return 0;
}
//: task parse_header
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>

struct Header {
    std::string name;
    std::string value;
};

/// Splits a header line at its first colon. The name is put in lower case, and
/// blanks between colon and value are dropped. Nothing comes back when the line
/// has no colon or no name.
std::optional<Header> parse_header(const std::string& line) {
«    const std::size_t colon = line.find(':');
»    if (colon == std::string::npos || colon == 0) {
        return std::nullopt;
    }
    Header header;
    for (char c : line.substr(0, colon)) {
        header.name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    const std::size_t start = line.find_first_not_of(' ', colon + 1);
    if (start != std::string::npos) {
        header.value = line.substr(start);
    }
    return header;
}
//: mutant
    const std::size_t colon = line.rfind(':');
//: mutant
    const std::size_t colon = line.find(' ');
//: mutant
    const std::size_t colon = line.find(": ");
//: mutant
    const std::size_t colon = line.find(':') + 1;
//: test
#undef NDEBUG
#include <cassert>

static bool is(const std::string& line, const std::string& name, const std::string& value) {
    const std::optional<Header> header = parse_header(line);
    return header.has_value() && header->name == name && header->value == value;
}

int main() {
    assert(is("Host: example.org", "host", "example.org"));
    assert(is("Host: example.org:8080", "host", "example.org:8080"));
    assert(is("ETag:abc", "etag", "abc"));
    assert(is("X-Time:   10:20:30", "x-time", "10:20:30"));
    assert(is("Empty:", "empty", ""));
    assert(is("Blank:   ", "blank", ""));
    assert(!parse_header("").has_value());
    assert(!parse_header("no colon here").has_value());
    assert(!parse_header(": value").has_value());
    return 0;
}
//: task transpose_cells
#include <cstddef>
#include <vector>

/// Turns a table of `rows` x `columns` cells, stored row after row, into the
/// table of `columns` x `rows` cells in which rows and columns are exchanged,
/// again stored row after row.
std::vector<int> transpose(const std::vector<int>& cells, std::size_t rows, std::size_t columns) {
    std::vector<int> turned(cells.size());
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
«            turned[column * rows + row] = cells[row * columns + column];
»        }
    }
    return turned;
}
//: mutant
            turned[row * columns + column] = cells[row * columns + column];
//: mutant
            turned[column * rows + row] = cells[column * rows + row];
//: mutant
            turned[row * columns + column] = cells[column * rows + row];
//: mutant
            turned[rows * columns - 1 - row * columns - column] = cells[row * columns + column];
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Cells = std::vector<int>;
    assert(transpose({}, 0, 0).empty());
    assert((transpose({5}, 1, 1) == Cells{5}));
    assert((transpose({1, 2, 3, 4}, 2, 2) == Cells{1, 3, 2, 4}));
    assert((transpose({1, 2, 3, 4, 5, 6}, 2, 3) == Cells{1, 4, 2, 5, 3, 6}));
    assert((transpose({1, 2, 3, 4, 5, 6}, 3, 2) == Cells{1, 3, 5, 2, 4, 6}));
    assert((transpose({1, 2, 3}, 1, 3) == Cells{1, 2, 3}));
    assert((transpose(transpose({1, 2, 3, 4, 5, 6, 7, 8}, 2, 4), 4, 2)
            == Cells{1, 2, 3, 4, 5, 6, 7, 8}));
    return 0;
}
//: task undo_history
#include <string>
#include <utility>
#include <vector>

/// The states of a document. Undo and redo walk back and forth among them; a
/// new state that is recorded after an undo makes the undone ones unreachable.
class History {
public:
    const std::string& current() const {
        return current_;
    }

    void record(std::string text) {
        undo_.push_back(std::move(current_));
        current_ = std::move(text);
«        redo_.clear();
»    }

    bool undo() {
        return step(undo_, redo_);
    }

    bool redo() {
        return step(redo_, undo_);
    }

private:
    bool step(std::vector<std::string>& from, std::vector<std::string>& to) {
        if (from.empty()) {
            return false;
        }
        to.push_back(std::move(current_));
        current_ = std::move(from.back());
        from.pop_back();
        return true;
    }

    std::string current_;
    std::vector<std::string> undo_;
    std::vector<std::string> redo_;
};
//: mutant
        undo_.clear();
//: mutant
        redo_.push_back(current_);
//: mutant
        redo_ = undo_;
//: mutant
        current_.clear();
//: test
#undef NDEBUG
#include <cassert>

int main() {
    History history;
    assert(history.current().empty() && !history.undo() && !history.redo());
    history.record("a");
    assert(!history.redo());
    history.record("b");
    history.record("c");
    assert(history.undo() && history.current() == "b");
    assert(history.undo() && history.current() == "a");
    assert(history.redo() && history.current() == "b");
    history.record("d");
    assert(history.current() == "d");
    assert(!history.redo() && history.current() == "d");
    assert(history.undo() && history.current() == "b");
    assert(history.undo() && history.current() == "a");
    assert(history.undo() && history.current().empty());
    assert(!history.undo());
    assert(history.redo() && history.redo() && history.redo() && !history.redo());
    assert(history.current() == "d");
    return 0;
}
//: task file_extension
#include <cstddef>
#include <string>

/// What follows the last dot of a path's file name, or nothing when there is no
/// such dot. A dot that begins the file name marks a hidden file, not an
/// extension; dots in the folders above do not count.
std::string file_extension(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
«    const std::size_t dot = name.rfind('.');
»    if (dot == std::string::npos || dot == 0) {
        return "";
    }
    return name.substr(dot + 1);
}
//: mutant
    const std::size_t dot = name.find('.');
//: mutant
    const std::size_t dot = name.rfind('.') + 1;
//: mutant
    const std::size_t dot = name.find_last_not_of('.');
//: mutant
    const std::size_t dot = name.find('.', 1);
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(file_extension("notes.txt") == "txt");
    assert(file_extension("archive.tar.gz") == "gz");
    assert(file_extension("src/main.cpp") == "cpp");
    assert(file_extension("release.v2/readme") == "");
    assert(file_extension("/home/.profile") == "");
    assert(file_extension("/home/.config.json") == "json");
    assert(file_extension("a.b/c.d") == "d");
    assert(file_extension("a/b.c.d") == "d");
    assert(file_extension("ends.") == "");
    assert(file_extension("Makefile") == "");
    assert(file_extension("folder.d/") == "");
    assert(file_extension("") == "");
    return 0;
}
//: task vote_winner
#include <map>
#include <string>
#include <vector>

/// The name that was voted for most often; among names with equally many votes
/// the one that comes first in the alphabet. Empty when nobody voted.
std::string vote_winner(const std::vector<std::string>& votes) {
    std::map<std::string, int> tally;
    for (const std::string& name : votes) {
        ++tally[name];
    }
    std::string winner;
    int most = 0;
    for (const auto& [name, count] : tally) {
        if («count > most») {
            winner = name;
            most = count;
        }
    }
    return winner;
}
//: mutant
count >= most
//: mutant
count < most
//: mutant
most == 0
//: mutant
name > winner
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(vote_winner({}) == "");
    assert(vote_winner({"ada"}) == "ada");
    assert(vote_winner({"bob", "ada"}) == "ada");
    assert(vote_winner({"bob", "ada", "bob"}) == "bob");
    assert(vote_winner({"ada", "bob", "ada"}) == "ada");
    assert(vote_winner({"cid", "bob", "cid", "bob", "ada"}) == "bob");
    assert(vote_winner({"cid", "cid", "cid", "bob", "bob", "ada"}) == "cid");
    return 0;
}
//: task hex_colour
#include <cstdint>
#include <string>

/// A colour as it is written in a style sheet: '#' and six hexadecimal digits
/// in lower case, the most significant one of `rgb` (0x000000 to 0xffffff) first.
std::string hex_colour(std::uint32_t rgb) {
    const char* const digits = "0123456789abcdef";
    std::string text = "#";
    for (int shift = 20; shift >= 0; shift -= 4) {
        text += digits[«rgb >> shift & 0xf»];
    }
    return text;
}
//: mutant
rgb >> (20 - shift) & 0xf
//: mutant
rgb >> shift & 0x7
//: mutant
rgb & 0xf
//: mutant
rgb >> shift / 4 & 0xf
//: test
#undef NDEBUG
#include <cassert>

int main() {
    assert(hex_colour(0x000000) == "#000000");
    assert(hex_colour(0xffffff) == "#ffffff");
    assert(hex_colour(0x12ab9f) == "#12ab9f");
    assert(hex_colour(0xff0000) == "#ff0000");
    assert(hex_colour(0x0000ff) == "#0000ff");
    assert(hex_colour(0x000001) == "#000001");
    assert(hex_colour(0xfedcba) == "#fedcba");
    return 0;
}
//: task stock_withdraw
#include <map>
#include <string>

/// How many pieces of each item a store holds. Items without a piece left are
/// not listed.
class Stock {
public:
    void deliver(const std::string& item, int count) {
        if (count > 0) {
            pieces_[item] += count;
        }
    }

    /// Takes `count` pieces of an item out. When there are too few, nothing is
    /// taken and the answer is false.
    bool withdraw(const std::string& item, int count) {
        const auto entry = pieces_.find(item);
        if (entry == pieces_.end() || entry->second < count) {
            return false;
        }
«        entry->second -= count;
        if (entry->second == 0) {
            pieces_.erase(entry);
        }
»        return true;
    }

    const std::map<std::string, int>& pieces() const {
        return pieces_;
    }

private:
    std::map<std::string, int> pieces_;
};
//: mutant
        entry->second -= count;
//: mutant
        pieces_.erase(entry);
//: mutant
        entry->second -= count;
        if (entry->second != 0) {
            pieces_.erase(entry);
        }
//: mutant
        entry->second -= 1;
        if (entry->second == 0) {
            pieces_.erase(entry);
        }
//: mutant
        if (entry->second == 0) {
            pieces_.erase(entry);
        }
        entry->second -= count;
//: test
#undef NDEBUG
#include <cassert>

int main() {
    using Pieces = std::map<std::string, int>;
    Stock stock;
    assert(!stock.withdraw("bolt", 1));
    stock.deliver("bolt", 10);
    stock.deliver("nut", 3);
    stock.deliver("nut", 0);
    assert(!stock.withdraw("bolt", 11));
    assert((stock.pieces() == Pieces{{"bolt", 10}, {"nut", 3}}));
    assert(stock.withdraw("bolt", 4));
    assert((stock.pieces() == Pieces{{"bolt", 6}, {"nut", 3}}));
    assert(stock.withdraw("nut", 3));
    assert((stock.pieces() == Pieces{{"bolt", 6}}));
    assert(!stock.withdraw("nut", 1));
    assert(stock.withdraw("bolt", 6));
    assert(stock.pieces().empty());
    stock.deliver("bolt", 1);
    assert(stock.withdraw("bolt", 1) && stock.pieces().empty());
    return 0;
}
