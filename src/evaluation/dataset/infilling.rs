//! HumanEval-Infilling (arXiv 2207.14255), and what is cut in the same format from other benchmarks.
