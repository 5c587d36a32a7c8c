// Runs the main method of a program and reports how it went.
//
// The first argument says how: `tests`, with a word on the first line of standard input that nobody
// but this driver knows; the report is that word and the result, on standard output. Or `plain`, with
// the input for the program. The other arguments are the program's classes.

import java.io.FileInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

public final class Launcher {
    public static void main(String[] arguments) throws Throwable {
        boolean tests = arguments[0].equals("tests");
        String word = tests ? line(new FileInputStream(FileDescriptor.in)) : "";
        // Opened anew, so that it stays open when the program closes its standard output.
        OutputStream report = tests ? new FileOutputStream("/dev/fd/1") : OutputStream.nullOutputStream();
        String result = "failed";
        try {
            start(arguments);
            result = "passed";
        } catch (InvocationTargetException thrown) {
            Throwable error = thrown.getCause();
            if (error instanceof OutOfMemoryError) {
                result = "out_of_memory";
            }
            describe(error);
        }
        if (tests) {
            System.out.flush();
            report.write(("\n" + word + " " + result + "\n").getBytes());
            // Threads that the program left running are not waited for.
            Runtime.getRuntime().halt(0);
        }
        if (!result.equals("passed")) {
            System.out.flush();
            Runtime.getRuntime().halt(1);
        }
    }

    private static String line(InputStream in) throws java.io.IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != -1 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private static void start(String[] arguments) throws Throwable {
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 1; i < arguments.length; i++) {
                // The class Main, or else the first that can be started.
                if (pass == 0 && !arguments[i].equals("Main")) {
                    continue;
                }
                Method main;
                try {
                    main = Class.forName(arguments[i], false, Launcher.class.getClassLoader())
                        .getDeclaredMethod("main", String[].class);
                } catch (NoSuchMethodException none) {
                    continue;
                }
                if (Modifier.isStatic(main.getModifiers())) {
                    main.setAccessible(true);
                    main.invoke(null, (Object) new String[0]);
                    return;
                }
            }
        }
        throw new InvocationTargetException(
            new NoSuchMethodException("no class has a method `static void main(String[])`"));
    }

    /** The error and where it came from, without the frames below the program. */
    private static void describe(Throwable error) {
        var text = new StringBuilder();
        for (int depth = 0; error != null && depth < 3; depth++, error = error.getCause()) {
            text.append(depth == 0 ? "" : "caused by ").append(error).append('\n');
            int frames = 0;
            for (StackTraceElement frame : error.getStackTrace()) {
                if (frame.getFileName() != null && frame.getFileName().equals("Main.java") && frames++ < 2) {
                    text.append("  at line ").append(frame.getLineNumber()).append(" in ")
                        .append(frame.getMethodName()).append('\n');
                }
            }
        }
        System.err.print(text);
        System.err.flush();
    }
}
