//! The cost of one more token in a file of 2,000 lines.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use routelens::{completion::Hole, language::Language, syntax::Judge};

use super::data;
use crate::figure::{Bound, Report, percentile};

const LINES: usize = 2000;

/// A function to repeat (`NAME` stands for its name), and completions for the middle of such a
/// file: a complete one, and one whose blocks and brackets stay open over many tokens.
struct Material {
    language: Language,
    head: &'static str,
    function: &'static str,
    tail: &'static str,
    /// The hole comes after this line of the function.
    hole_after: &'static str,
    completion: &'static str,
}

const MATERIALS: [Material; 3] = [
    Material {
        language: Language::Python,
        head: "import math\n\n\n",
        function: "def NAME(items, limit=10):\n    \"\"\"Adds what is worth adding.\"\"\"\n    total = 0\n    for index, item in enumerate(items):\n        if item > limit and index % 2 == 0:\n            total += item * math.sqrt(index)\n        else:\n            total -= min(item, limit)\n    return {\"total\": total, \"mean\": total / max(len(items), 1)}\n\n\n",
        tail: "",
        hole_after: "    total = 0\n",
        completion: "    seen = {}\n    for key, value in sorted(items.items()):\n        if key in seen and value > limit:\n            seen[key] = [value, (key, len(seen))]\n            continue\n        try:\n            total += sum(v for v in value if v is not None)\n        except TypeError as error:\n            raise ValueError(f\"bad item {key!r}\") from error\n    print(seen, total)\n",
    },
    Material {
        language: Language::Java,
        head: "import java.util.*;\n\nclass Sums {\n",
        function: "    /** Adds what is worth adding. */\n    static double NAME(List<Integer> items, int limit) {\n        double total = 0;\n        for (int i = 0; i < items.size(); i++) {\n            if (items.get(i) > limit && i % 2 == 0) {\n                total += items.get(i) * Math.sqrt(i);\n            } else {\n                total -= Math.min(items.get(i), limit);\n            }\n        }\n        return total / Math.max(items.size(), 1);\n    }\n\n",
        tail: "}\n",
        hole_after: "        double total = 0;\n",
        completion: "        Map<String, List<Integer>> seen = new HashMap<>();\n        for (int item : items) {\n            if (item > limit && seen.containsKey(\"x\" + item)) {\n                seen.get(\"x\" + item).add(item);\n                continue;\n            }\n            try {\n                total += items.stream().filter(v -> v != null).mapToInt(v -> v).sum();\n            } catch (NullPointerException error) {\n                throw new IllegalStateException(\"bad item \" + item, error);\n            }\n        }\n        System.out.println(seen);\n",
    },
    Material {
        language: Language::Cpp,
        head: "#include <cmath>\n#include <map>\n#include <vector>\n\n",
        function: "// Adds what is worth adding.\ndouble NAME(const std::vector<int>& items, int limit) {\n    double total = 0;\n    for (std::size_t i = 0; i < items.size(); i++) {\n        if (items[i] > limit && i % 2 == 0) {\n            total += items[i] * std::sqrt(i);\n        } else {\n            total -= std::min(items[i], limit);\n        }\n    }\n    return total / std::max<double>(items.size(), 1);\n}\n\n",
        tail: "",
        hole_after: "    double total = 0;\n",
        completion: "    std::map<std::string, std::vector<int>> seen;\n    for (const auto& item : items) {\n        if (item > limit && seen.count(\"x\") > 0) {\n            seen[\"x\"].push_back(item);\n            continue;\n        }\n        try {\n            total += std::accumulate(items.begin(), items.end(), 0);\n        } catch (const std::exception& error) {\n            throw std::runtime_error(\"bad item\");\n        }\n    }\n    std::cout << seen.size() << std::endl;\n",
    },
];

pub fn measure(report: &mut Report) {
    for material in &MATERIALS {
        one_language(report, material);
    }
}

fn one_language(report: &mut Report, material: &Material) {
    let hole = hole_of(material);
    let mut first = Vec::new();
    let mut tokens = Vec::new();
    let mut read = Vec::new();
    let mut ends = Vec::new();
    for _ in 0..10 {
        let mut judge = Judge::new(&hole);
        for (number, piece) in data::pieces(material.completion, 4).into_iter().enumerate() {
            let start = Instant::now();
            black_box(judge.push(piece));
            match number {
                0 => first.push(start.elapsed()),
                _ => tokens.push(start.elapsed()),
            }
            if number > 0 {
                read.push(judge.bytes_read());
            }
        }
        let start = Instant::now();
        black_box(judge.finish(material.completion));
        ends.push(start.elapsed());
    }
    read.sort_unstable();
    let bound = match material.language {
        Language::Cpp => Bound::None,
        _ => Bound::AtMost(500.0),
    };
    let name = material.language.name();
    let mut figure = |what: &str, times: &mut [Duration], percent: f64, bound| {
        let name = format!("{name}, {LINES} lines: {what}");
        report.figure(&name, 1000.0 * percentile(times, percent), "µs", bound);
    };
    figure("one more token, median", &mut tokens, 50.0, bound);
    figure(
        "one more token, 99th percentile",
        &mut tokens,
        99.0,
        Bound::None,
    );
    figure(
        "first token, with the file parsed from scratch, median",
        &mut first,
        50.0,
        Bound::None,
    );
    figure("verdict at the end, median", &mut ends, 50.0, Bound::None);
    let name = format!("{name}, {LINES} lines: handed to the parser for one more token, median");
    report.figure(&name, read[read.len() / 2] as f64, "bytes", Bound::None);
}

fn hole_of(material: &Material) -> Hole {
    let lines = material.function.lines().count();
    let count = LINES / lines;
    let function = |number: usize| material.function.replace("NAME", &format!("sum{number}"));
    let before: String = (0..count / 2).map(function).collect();
    let after: String = (count / 2 + 1..count).map(function).collect();
    let middle = function(count / 2);
    let (start, end) = middle
        .split_once(material.hole_after)
        .expect("the hole is in the function");
    Hole::new(
        [material.head, &before, start, material.hole_after].concat(),
        [end, &after, material.tail].concat(),
        Some(material.language),
    )
}
