// A binary heap, smallest first.

#include <iostream>
#include <stdexcept>
#include <utility>
#include <vector>

template <typename T>
class Heap {
public:
    bool empty() const { return items.empty(); }

    std::size_t size() const { return items.size(); }

    const T& top() const {
        if (items.empty()) {
            throw std::out_of_range("the heap is empty");
        }
        return items[0];
    }

    void push(T item) {
        items.push_back(std::move(item));
        rise(items.size() - 1);
    }

    T pop() {
        T smallest = top();
        std::swap(items.front(), items.back());
        items.pop_back();
        sink(0);
        return smallest;
    }

private:
    std::vector<T> items;

    void rise(std::size_t place) {
        while (place > 0) {
            std::size_t parent = (place - 1) / 2;
            if (!(items[place] < items[parent])) {
                
            }
            std::swap(items[place], 
            place = parent;
        }
    }

    void sink(std::size_t place) {
        while (true) {
            std::size_t child = 2 * place + 1;
            if (child >= items.size()) {
                
            }
            if (child + 1 < items.size() && items[child + 1] < items[child]) {
                
            }
            if (!(items[child] < items[place])) {
                return;
            }
            std::swap(items[place], items[child]);
            place = child;
        }
    }
};

int main() {
    Heap<int> heap;
    for (int value : {5, 3, 8, 1, 9, 2}) {
        heap.push(value);
    }
    while (
        std::cout << heap.pop() << '\n';
    }
}
