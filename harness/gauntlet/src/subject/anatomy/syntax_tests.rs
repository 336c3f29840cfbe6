use super::*;

#[test]
fn whole_scripts_and_those_that_only_a_grammar_could_read_are_not_complained_of() {
    for whole in [
        "",
        "#!/usr/bin/env node\n'use strict';",
        "f(a[1], {b: `x${c({d: `}`})}y`}) // )\n/* } */",
        "a = /[/\"']/g.test(b) ? c / d : e.in / 2; return /\\//",
        "s = 'a\\\r\nb\\'' + \"\\\\\"; x <<= 1; y === z",
        "if (a) /'/.test(b)",
        "x = a++ / b; y = '/'",
        "const t = `\n<<<<<<< a\n=======\n`",
        "/[[a]'/]/v",
        "a<!--b\n'",
        "\\u0061 = \u{e9}1 / 2 / '3'",
    ] {
        let why = complaint(whole.as_bytes());
        assert_eq!(why, None, "{whole:?}");
    }
}

#[test]
fn what_was_cut_or_merged_is_complained_of_with_its_line() {
    for (broken, words) in [
        ("(() => {\n  go({a: 1", "ends before the `{` of line 2"),
        ("f(1", "ends before the `(` of line 1"),
        ("f(1]", "another bracket"),
        ("f(1))", "nothing opened"),
        ("a = 'b", "within a string"),
        ("a = 'b\n'", "string without an end (line 1)"),
        ("a; /* b", "within a comment"),
        ("a = `b ${c} d", "within a template"),
        ("a = 1;\n<<<<<<< HEAD\nb = 2;\n", "merge conflict (line 2)"),
        ("{\n}\n=======\n", "merge conflict (line 3)"),
    ] {
        let why = complaint(broken.as_bytes()).expect("it is broken");
        assert!(why.contains(words), "{broken:?}: {why}");
    }
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(
        text in r#"(?s)([(){}\[\]'"`/\\$<!\-*\n]|return|if|v|\u{e9}){0,60}"#,
    ) {
        let _why = complaint(text.as_bytes());
    }
}
