// Runs the main method of a program and reports the result.
//
// The first argument is the mode. With `tests`, the first line of standard input is a word that only
// this driver knows; the report is that word and the result, on standard output. With `plain`,
// standard input belongs to the program. The other arguments are the program's classes.

import java.io.FileInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

public final class Launcher {
    public static void main(String[] arguments) throws Throwable {
        boolean tests = arguments[0].equals("tests");
        String word = tests ? line(new FileInputStream(FileDescriptor.in)) : "";
        // A second handle that stays open if the program closes its standard output.
        OutputStream report = tests ? new FileOutputStream("/dev/fd/1") : OutputStream.nullOutputStream();
        // Saved because the program may replace them or set them to null.
        PrintStream output = System.out;
        PrintStream errors = System.err;
        String result = "failed";
        try {
            start(arguments);
            result = "passed";
        } catch (InvocationTargetException thrown) {
            Throwable error = thrown.getCause();
            if (error instanceof OutOfMemoryError) {
                result = "out_of_memory";
            }
            describe(error, errors);
        }
        if (System.out != null) {
            System.out.flush();
        }
        output.flush();
        if (tests) {
            report.write(("\n" + word + " " + result + "\n").getBytes());
            // Does not wait for threads that the program left running.
            Runtime.getRuntime().halt(0);
        }
        if (!result.equals("passed")) {
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
                // The class Main, or else the first one with a main method.
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

    /** Prints the error and where it came from, without the frames below the program. */
    private static void describe(Throwable error, PrintStream errors) {
        var text = new StringBuilder();
        for (int depth = 0; error != null && depth < 3; depth++, error = error.getCause()) {
            text.append(depth == 0 ? "" : "caused by ").append(error).append('\n');
            int frames = 0;
            for (StackTraceElement frame : error.getStackTrace()) {
                // This class was compiled under the same file name as the program.
                if (frame.getClassName().equals("Launcher")) {
                    break;
                }
                if ("Main.java".equals(frame.getFileName()) && frames++ < 2) {
                    text.append("  at line ").append(frame.getLineNumber()).append(" in ")
                        .append(frame.getMethodName()).append('\n');
                }
            }
        }
        errors.print(text);
        errors.flush();
    }
}
