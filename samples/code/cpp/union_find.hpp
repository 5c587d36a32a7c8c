#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

// Sets that do not overlap, and can be joined.
class UnionFind {
public:
    explicit UnionFind(int count) : parent(count), sizes(count, 1), sets(count) {
        std::iota(parent.begin(), parent.end(), 0);
    }

    // The one that stands for the set of an element.
    int find(int element) {
        while (parent[element] != element) {
            parent[element] = parent[parent[element]];
            element = parent[element];
        }
        return element;
    }

    // Joins the sets of two elements; false if they were one already.
    bool join(int a, int b) {
        a = find(a);
        b = find(b);
        if (a == b) {
            return false;
        }
        if (sizes[a] < sizes[b]) {
            std::swap(a, b);
        }
        parent[b] = a;
        sizes[a] += sizes[b];
        sets--;
        return true;
    }

    bool joined(int a, int b) { return find(a) == find(b); }

    int size(int element) { return sizes[find(element)]; }

    int count() const { return sets; }

private:
    std::vector<int> parent;
    std::vector<int> sizes;
    int sets;
};

struct Edge {
    int from;
    int to;
    int weight;
};

// The weight of a minimum spanning tree, by Kruskal's algorithm.
inline int spanning_tree(std::vector<Edge> edges, int nodes) {
    std::sort(edges.begin(), edges.end(),
              [](const Edge& a, const Edge& b) { return a.weight < b.weight; });
    UnionFind sets(nodes);
    int total = 0;
    for (const Edge& edge : edges) {
        if (sets.join(edge.from, edge.to)) {
            total += edge.weight;
        }
    }
    
}
