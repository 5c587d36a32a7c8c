//! What counts as passing in each language, and what is reported if a program fails.

use routelens::{
    language::Language::{Cpp, Java, Python},
    sandbox::{
        Case, Check, Executor, Limits,
        TestResult::{self, *},
    },
};

use super::{SMALL, assert_result, executor, printed, run, tested};

#[test]
fn a_text_seen_before_is_not_run_again() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let source = "import time\ntime.sleep(0.3)\nassert time.time_ns() % 2 == 3, time.time_ns()";
    let first = tested(&executor, Python, source);
    assert_eq!(first, tested(&executor, Python, source));
    assert!(first.ms >= 300.0);
}

#[test]
fn a_program_that_prints_is_compared_by_its_lines() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let case = |input: &str, outputs: &[&str]| Case {
        input: input.to_owned(),
        outputs: outputs.iter().map(|&text| text.to_owned()).collect(),
    };
    let double = "import sys\nif __name__ == '__main__':\n    print(int(input()) * 2, ' ')\n    print()\n    sys.exit(0)";
    let cases = vec![case("4\n", &["8"]), case("21", &["41", "42\n"])];
    assert_result(
        &run(&executor, Python, double, Check::Prints(cases)),
        Passed,
    );
    let wrong = run(
        &executor,
        Python,
        double,
        Check::Prints(vec![case("4", &["8"]), case("5", &["11"])]),
    );
    assert_result(&wrong, Failed);
    assert!(
        wrong.detail.contains("\"5\"")
            && wrong.detail.contains("\"10\"")
            && wrong.detail.contains("\"11\""),
        "{}",
        wrong.detail
    );
    // Inner whitespace counts, and so does the exit status.
    assert_result(&printed(&executor, Python, "print('a  b')", "a b"), Failed);
    assert_result(
        &printed(&executor, Python, "print('a')\nexit(3)", "a"),
        Failed,
    );
    let long = "x".repeat(100_000);
    let echo = run(
        &executor,
        Python,
        "print(len(input()))",
        Check::Prints(vec![case(&long, &["100000"])]),
    );
    assert_result(&echo, Passed);
}

#[test]
fn the_detail_says_where_a_python_program_failed() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let failed = tested(
        &executor,
        Python,
        "def f(x):\n    return x\nassert f(1) == 2, 'one is not two'\n",
    );
    assert_result(&failed, Failed);
    assert!(
        failed.detail.contains("line 3: assert f(1) == 2"),
        "{}",
        failed.detail
    );
    assert!(
        failed.detail.contains("AssertionError: one is not two"),
        "{}",
        failed.detail
    );
    let broken = tested(&executor, Python, "def f(x:\n    return x\n");
    assert_result(&broken, DoesNotCompile);
    assert!(
        broken.detail.contains("line 1: def f(x:"),
        "{}",
        broken.detail
    );
}

fn java(body: &str) -> String {
    format!(
        "import java.util.*;\nclass Solution {{ static int twice(int x) {{ return 2 * x; }} }}\npublic class Main {{\n    public static void main(String[] args) throws Exception {{\n{body}\n    }}\n}}\n"
    )
}

fn check_all(
    executor: &Executor,
    language: routelens::language::Language,
    programs: &[(String, TestResult, &str)],
) {
    for (source, wanted, detail) in programs {
        let execution = tested(executor, language, source);
        assert_eq!(execution.result, *wanted, "{source}\n{}", execution.detail);
        assert!(
            execution.detail.contains(detail),
            "{source}\n{}",
            execution.detail
        );
    }
}

#[test]
fn java_passes_when_main_returns() {
    let Some(executor) = executor(Java, SMALL) else {
        return;
    };
    let programs = [
        (java("if (Solution.twice(2) != 4) throw new AssertionError();"), Passed, ""),
        (java("if (Solution.twice(2) != 5) throw new AssertionError(\"five\");"), Failed, "AssertionError: five\n  at line 5 in main"),
        (java("assert Solution.twice(2) == 5;"), Failed, "AssertionError"),
        (java("System.setOut(null); System.setErr(null);"), Passed, ""),
        (java(&format!("class {} {{ }}", "A".repeat(300))), DoesNotCompile, "too long"),
        (java("System.exit(0);"), Failed, "exited early"),
        (java("Runtime.getRuntime().halt(0);"), Failed, "exited early"),
        (java("System.out.close(); System.out.println(1);"), Passed, ""),
        (java("new Thread(() -> { while (true) { } }).start();"), Passed, ""),
        (java("int x = \"four\";"), DoesNotCompile, "line 5: incompatible types"),
        ("import java.util.*;\npublic class Other { public static void main(String[] a) { } }\n".into(), Passed, ""),
        ("public class Other { }\npublic class Main { public static void main(String[] a) { } }\n".into(), DoesNotCompile, "should be declared in a file named"),
        ("package far.away;\npublic class Main { public static void main(String[] a) { } }\n".into(), Passed, ""),
        ("class A { }\nimport java.util.*;\npublic class Main { public static void main(String[] a) { } }\n".into(), DoesNotCompile, "line 2"),
        ("public class Main { }\n".into(), Failed, "static void main"),
        (String::new(), Failed, "static void main"),
        // The compiler's own classes and the launcher are not visible to a program.
        (java("Class.forName(\"Compiler\");"), Failed, "ClassNotFoundException"),
    ];
    check_all(&executor, Java, &programs);
    let failed = tested(&executor, Java, &programs[1].0);
    assert!(
        failed.detail.ends_with("at line 5 in main"),
        "{}",
        failed.detail
    );
    let echo = java("System.out.println(new Scanner(System.in).nextInt() * 2); System.exit(0);");
    let case = Case {
        input: "21\n".into(),
        outputs: vec!["42".into()],
    };
    assert_result(
        &run(&executor, Java, &echo, Check::Prints(vec![case])),
        Passed,
    );
    let thrown = java("System.out.println(42); throw new IllegalStateException();");
    assert_result(&printed(&executor, Java, &thrown, "42"), Failed);
}

#[test]
fn hostile_java_is_ended_and_its_compiler_goes_on() {
    let limits = Limits {
        time_ms: 2_000,
        ..SMALL
    };
    let Some(executor) = executor(Java, limits) else {
        return;
    };
    let deep = format!("int x = {}1{};", "(".repeat(20_000), ")".repeat(20_000));
    let programs = [
        (java("while (true) { }"), TimedOut, ""),
        (
            java(
                "while (true) System.out.println(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\");",
            ),
            TooMuchOutput,
            "",
        ),
        (
            java("var kept = new ArrayList<byte[]>(); while (true) kept.add(new byte[1 << 20]);"),
            OutOfMemory,
            "OutOfMemoryError",
        ),
        (
            java(
                "while (true) new Thread(() -> { try { Thread.sleep(60_000); } catch (InterruptedException e) { } }).start();",
            ),
            TooManyProcesses,
            "",
        ),
        (
            java("while (true) new ProcessBuilder(\"/bin/sleep\", \"60\").start();"),
            TooManyProcesses,
            "",
        ),
        (
            java(
                "ProcessHandle.allProcesses().forEach(p -> { try { p.destroyForcibly(); } catch (Exception e) { } });",
            ),
            Passed,
            "",
        ),
        (
            java("Solution.class.getMethod(\"none\");"),
            Failed,
            "NoSuchMethodException",
        ),
        (java(&deep), DoesNotCompile, "javac"),
        (
            java("if (Solution.twice(2) != 4) throw new AssertionError();"),
            Passed,
            "",
        ),
    ];
    check_all(&executor, Java, &programs);
}

#[test]
fn cpp_passes_when_main_returns_zero() {
    let Some(executor) = executor(Cpp, SMALL) else {
        return;
    };
    let main = |body: &str| {
        format!(
            "#include <cstdlib>\n#include <vector>\n#undef NDEBUG\n#include <assert.h>\nint main() {{\n{body}\n}}\n"
        )
    };
    let programs = [
        (main("assert(std::vector<int>(3).size() == 3);"), Passed, ""),
        (main("assert(std::vector<int>(3).size() == 4);"), Failed, "line 6: int main(): Assertion"),
        (main("return 3;"), Failed, "status 3"),
        (main("exit(0);"), Failed, "exited early"),
        (main("_Exit(0);"), Failed, "exited early"),
        (main("abort();"), Failed, "134"),
        (main("throw 1;"), Failed, "terminate called"),
        (main("return \"four\";"), DoesNotCompile, "line 6:"),
        ("#include <absent.hpp>\nint main() { }\n".into(), DoesNotCompile, "absent.hpp"),
        ("struct Late { ~Late() { __builtin_trap(); } } late;\nint main() { }\n".into(), Failed, ""),
        // Only headers that the program includes are available.
        ("int main() { std::vector<int> none; }\n".into(), DoesNotCompile, "line 1:"),
        ("#include <vector>\nint count, map, string;\nusing namespace std;\nint main() { return count + map; }\n".into(), Passed, ""),
        ("#include <vector>\nint main() { std::map<int, int> none; }\n".into(), DoesNotCompile, "map"),
        // Names that C uses for other things.
        ("int read, write, dup, report, word, length;\nint main() { return read + write + dup; }\n".into(), Passed, ""),
        ("#include <vector>\nint main() { std::vector<int> four(4); return four.size() - 4; }\n".into(), Passed, ""),
    ];
    check_all(&executor, Cpp, &programs);
    let echo = "#include <iostream>\nint main() { int x; std::cin >> x; std::cout << 2 * x << std::endl; exit(0); }\n";
    let case = Case {
        input: "21\n".into(),
        outputs: vec!["42".into()],
    };
    assert_result(
        &run(&executor, Cpp, echo, Check::Prints(vec![case])),
        Passed,
    );
}

#[test]
fn hostile_cpp_is_ended() {
    let limits = Limits {
        time_ms: 1_000,
        ..SMALL
    };
    let Some(executor) = executor(Cpp, limits) else {
        return;
    };
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "int secret = 4711;\n").expect("written");
    let main = |body: &str| {
        format!(
            "#include <csignal>\n#include <cstdio>\n#include <cstdlib>\n#include <vector>\n#include <unistd.h>\nint f(volatile int x) {{ return x + f(x + 1) + f(x - 1); }}\nint main() {{\n{body}\n}}\n"
        )
    };
    let programs = [
        (main("for (;;) { }"), TimedOut, ""),
        (main("for (;;) fork();"), TooManyProcesses, ""),
        (main("for (;;) puts(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\");"), TooMuchOutput, ""),
        (main("std::vector<char *> kept; for (;;) kept.push_back(new char[1 << 20]);"), OutOfMemory, "bad_alloc"),
        (main("for (;;) { char *more = (char *)malloc(1 << 20); if (more) for (int i = 0; i < 1 << 20; i += 4096) more[i] = 1; else usleep(1); }"), TimedOut, ""),
        (main("return f(1);"), Failed, "139"),
        (main("kill(1, SIGKILL); kill(getppid(), SIGKILL); kill(0, SIGKILL); kill(-1, SIGKILL);"), Failed, ""),
        (main("for (int i = 0; i < 4096; i++) close(i);"), Failed, ""),
        ("#include \"/dev/zero\"\nint main() { }\n".into(), DoesNotCompile, ""),
        (format!("#include \"{}\"\nint main() {{ return secret - 4711; }}\n", secret.path().display()), DoesNotCompile, "No such file"),
        ("template <int n, int m> struct T { static const int v = T<n - 1, 2 * m>::v + T<n - 1, 2 * m + 1>::v; };\ntemplate <int m> struct T<0, m> { static const int v = 1; };\nint main() { return T<28, 0>::v == 0; }\n".into(), TimedOut, "compiler"),
    ];
    for (source, wanted, detail) in &programs {
        let execution = tested(&executor, Cpp, source);
        let memory = execution.result == DoesNotCompile && *wanted == TimedOut;
        // The compiler may run out of memory before it runs out of time.
        assert!(
            execution.result == *wanted || memory,
            "{source}\n{execution:?}"
        );
        assert!(
            memory || execution.detail.contains(detail),
            "{source}\n{execution:?}"
        );
    }
}
