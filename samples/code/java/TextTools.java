import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Wrapping, counting and comparing text. */
public class TextTools {
    /** Breaks a text into lines of at most so many letters, between words. */
    public static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split("\\s+")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = 
            }
            if (line.length() > 0) {
                line.append(' ');
            }
            line.append(
        }
        lines.add(line.toString());
        return lines;
    }

    /** How often each word occurs. */
    public static Map<String, Integer> count(String text) {
        Map<String, Integer> counts = new HashMap<>();
        for (String word : text.toLowerCase().split("\\W+")) {
            
        }
        return counts;
    }

    /** The fewest insertions, deletions and replacements that turn one word into the other. */
    public static int distance(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            table[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replace = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int insert = 
                int delete = table[i - 1][j] + 1;
                table[i][j] = Math.min(replace, Math.min(insert, delete));
            }
        }
        return table[a.length()][b.length()];
    }
}
