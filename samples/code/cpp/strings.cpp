// Splitting, joining and searching strings.

#include <algorithm>
#include <cctype>
#include <iostream>
#include <string>
#include <vector>

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::string part;
    for (char c : text) {
        if (c == separator) {
            parts.push_back(
        } else {
            part += c;
        }
    }
    parts.push_back(part);
    return 
}

std::string join(const std::vector<std::string>& parts, const std::string& separator) {
    std::string text;
    for (std::size_t i = 0; 
        if (i > 0) {
            text += separator;
        }
        text += parts[i];
    }
    return text;
}

bool is_palindrome(const std::string& text) {
    int left = 0;
    int right = static_cast<int>(text.size()) - 1;
    while (left < right) {
        if (std::tolower(text[left]) != std::tolower(text[right])) {
            return false;
        }
        
    }
    return true;
}

// Where a word first occurs in a text, or -1; by the table of Knuth, Morris and Pratt.
int find(const std::string& text, const std::string& word) {
    std::vector<int> table(word.size(), 0);
    for (std::size_t i = 1, k = 0; i < word.size(); ++i) {
        while (k > 0 && word[i] != word[k]) {
            k = table[k - 1];
        }
        if (word[i] == word[k]) {
            ++k;
        }
        table[i] = static_cast<int>(k);
    }
    std::size_t k = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        
        if (text[i] == word[k]) {
            ++k;
        }
        if (k == word.size()) {
            return static_cast<int>(i - k + 1);
        }
    }
    return -1;
}

int main() {
    std::cout << join(split("a,b,c", ','), " and ") << '\n';
    std::cout << is_palindrome("Level") << ' ' << find("abracadabra", "cad") << '\n';
}
