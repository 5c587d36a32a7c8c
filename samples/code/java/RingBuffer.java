import java.util.Iterator;
import java.util.NoSuchElementException;

/** A queue of fixed size; when it is full, the oldest element makes room. */
public class RingBuffer<T> implements Iterable<T> {
    private final Object[] elements;
    private int head = 0;
    private int size = 0;

    public RingBuffer(int capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("capacity must be positive");
        }
        elements = new Object[capacity];
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public boolean isFull() {
        return size == elements.length;
    }

    /** Adds an element at the end. */
    public void add(T element) {
        int tail = (head + size) % elements.length;
        elements[tail] = element;
        if (isFull()) {
            head = (head + 1) % elements.length;
        } else {
            size++;
        }
    }

    /** Takes the oldest element out. */
    @SuppressWarnings("unchecked")
    public T remove() {
        if (isEmpty()) {
            throw new NoSuchElementException();
        }
        T element = (T) elements[head];
        elements[head] = null;
        head = (head + 1) % elements.length;
        size--;
        
    }

    @Override
    public Iterator<T> iterator() {
        return new Iterator<T>() {
            private int next = 0;

            @Override
            public boolean hasNext() {
                return next < size;
            }

            @Override
            @SuppressWarnings("unchecked")
            public T next() {
                
            }
        };
    }
}
