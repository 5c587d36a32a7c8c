// A warm Java compiler: it compiles one source after another from standard input, in memory, and
// answers with the classes. No code of a source runs here, not even annotation processors.
//
// A request is a length and that many bytes of source. An answer is `true` and the classes, each with
// its name and bytes, or `false` and the compiler's messages.

import java.io.*;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.*;
import javax.tools.*;

public class Compiler {
    private static final List<String> OPTIONS =
        List.of("-proc:none", "-nowarn", "-Xlint:none", "-implicit:none", "-classpath", "/nowhere");
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    public static void main(String[] arguments) throws IOException {
        var in = new DataInputStream(new BufferedInputStream(System.in));
        var out = new DataOutputStream(new BufferedOutputStream(System.out));
        var standard = COMPILER.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
        while (true) {
            byte[] source;
            try {
                source = new byte[in.readInt()];
            } catch (EOFException end) {
                return;
            }
            in.readFully(source);
            var classes = new Classes(standard);
            String problem = compile(new String(source, StandardCharsets.UTF_8), classes);
            out.writeBoolean(problem == null);
            if (problem == null) {
                out.writeInt(classes.made.size());
                for (var made : classes.made.entrySet()) {
                    write(out, made.getKey().getBytes(StandardCharsets.UTF_8));
                    write(out, made.getValue().toByteArray());
                }
            } else {
                write(out, problem.getBytes(StandardCharsets.UTF_8));
            }
            out.flush();
        }
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Compiles a source; returns null on success, else the errors. */
    private static String compile(String source, Classes classes) {
        var problems = new DiagnosticCollector<JavaFileObject>();
        try {
            boolean well = COMPILER
                .getTask(Writer.nullWriter(), classes, problems, OPTIONS, null, List.of(new Source(source)))
                .call();
            if (well) {
                return null;
            }
        } catch (StackOverflowError | OutOfMemoryError | RuntimeException error) {
            return "javac: " + error;
        }
        var text = new StringBuilder();
        for (var problem : problems.getDiagnostics()) {
            if (problem.getKind() == Diagnostic.Kind.ERROR && text.length() < 2000) {
                text.append("line ").append(problem.getLineNumber()).append(": ")
                    .append(problem.getMessage(Locale.ROOT)).append('\n');
            }
        }
        // For example a source that is nested too deeply, which javac reports only to its own log.
        return text.length() == 0 ? "javac gave up without an error" : text.toString();
    }

    /** A source whose file is named after its public class. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;
        private String name;

        Source(String text) {
            super(URI.create("memory:///Main.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            // The compiler first asks whether this is module-info or package-info.
            if (simpleName.endsWith("-info")) {
                return false;
            }
            if (name == null) {
                name = simpleName;
            }
            return name.equals(simpleName);
        }
    }

    /** Keeps the classes in memory. */
    private static final class Classes extends ForwardingJavaFileManager<StandardJavaFileManager> {
        final Map<String, ByteArrayOutputStream> made = new LinkedHashMap<>();

        Classes(StandardJavaFileManager standard) {
            super(standard);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
            Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            var bytes = new ByteArrayOutputStream();
            made.put(name, bytes);
            var uri = URI.create("memory:///" + name.replace('.', '/') + kind.extension);
            return new SimpleJavaFileObject(uri, kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }
    }
}
