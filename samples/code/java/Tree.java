import java.util.ArrayList;
import java.util.List;

/** A binary search tree of whole numbers. */
public class Tree {
    private static class Node {
        final int value;
        Node left;
        Node right;

        Node(int value) {
            this.value = value;
        }
    }

    private Node root;
    private int size = 0;

    /** Adds a value; false if it is there already. */
    public boolean add(int value) {
        if (root == null) {
            root = new Node(value);
            size = 1;
            
        }
        Node node = root;
        while (node.value != value) {
            if (value < node.value) {
                if (node.left == null) {
                    node.left = new Node(value);
                    size++;
                    return true;
                }
                node = node.left;
            } else {
                
            }
        }
        return false;
    }

    public boolean contains(int value) {
        Node node = root;
        while (node != null && node.value != value) {
            node = value < node.value ? 
        }
        return node != null;
    }

    /** All values in order. */
    public List<Integer> values() {
        List<Integer> values = new ArrayList<>();
        collect(root, values);
        return 
    }

    private static void collect(Node node, List<Integer> values) {
        if (node == null) {
            return;
        }
        collect(node.left, values);
        values.add(node.value);
        collect(
    }

    public int height() {
        return height(root);
    }

    private static int height(Node node) {
        if (node == null) {
            return 0;
        }
        return 1 + 
    }
}
