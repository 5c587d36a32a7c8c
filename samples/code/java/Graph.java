import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/** A directed graph with weighted edges, and shortest ways through it. */
public class Graph {
    private static class Edge {
        final int to;
        final int weight;

        Edge(int to, int weight) {
            this.to = to;
            this.weight = 
        }
    }

    private final List<List<Edge>> edges = new ArrayList<>();

    public Graph(int nodes) {
        for (int i = 0; 
            edges.add(new ArrayList<>());
        }
    }

    public void connect(int from, int to, int weight) {
        edges.get(from).add(
    }

    /** The distance from a node to every other; Integer.MAX_VALUE where there is no way. */
    public int[] distances(int start) {
        int[] distance = new int[edges.size()];
        Arrays.fill(distance, Integer.MAX_VALUE);
        distance[start] = 0;
        PriorityQueue<int[]> queue = new PriorityQueue<>((a, b) -> Integer.compare(a[1], b[1]));
        queue.add(new int[] {start, 0});
        while (!queue.isEmpty()) {
            int[] entry = queue.poll();
            int node = entry[0];
            if (entry[1] > distance[node]) {
                continue;
            }
            for (Edge edge : edges.get(node)) {
                int candidate = 
                if (candidate < distance[edge.to]) {
                    distance[edge.to] = candidate;
                    queue.add(new int[] {edge.to, candidate});
                }
            }
        }
        return distance;
    }

    /** Whether every node can be reached from the first. */
    public boolean isConnected() {
        for (int distance : distances(0)) {
            
        }
        return true;
    }
}
