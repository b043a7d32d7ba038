"""The command line. Each command lives in a module that is loaded when the command runs, so that help is quick."""

from __future__ import annotations

from firstfive.cli.frame import Entry, Root

__all__ = ["main"]

main = Root(
    name="firstfive",
    help="From scraped text to five good matches, measured at every step.",
    epilog="Exit status: 0 fine, 1 a gate failed, 2 usage, 3 inconclusive, 4 could not run.",
    entries={
        "init": Entry("catalogue:init", "Start a project: write a commented firstfive.toml."),
        "import": Entry("catalogue:bring_in", "Take in CSV, TSV, JSONL, Parquet, HTML or plain text."),
        "quarantine": Entry("catalogue:quarantine", "Show what could not be imported, and why."),
        "item": Entry("catalogue:item", "Hide an item from every answer at once, or show it again."),
        "build": Entry("releases:build", "Make a Release: clean, embed, index. Only what changed is done again."),
        "report": Entry(
            "reports:report", "How good it all is, on one page; what visits came to; what a model made of pages."
        ),
        "describe": Entry("describing:describe", "Show facts with the words that state them, and how well they cover."),
        "promote": Entry("releases:promote", "Measure a Release against the one in use; switch if it is no worse."),
        "release": Entry("releases:release", "List, show, use, roll back and prune Releases."),
        "recommend": Entry("asking:recommend", "Five good matches for a sentence, each with its reason."),
        "evaluate": Entry("measuring:evaluate", "Success@5 and others on judged queries, with intervals."),
        "label": Entry("labelling:label", "Draw what people label in the studio; labels in and out as qrels."),
        "judge": Entry("judging:judge", "Whether a model's grades may be believed, held against people's."),
        "bench": Entry("benching:bench", "Speeds of the dial, or classical rankings, side by side with this one."),
        "experiment": Entry(
            "experiments:experiment", "Show seekers two Releases side by side, and see which is better."
        ),
        "learn": Entry("learning:learn", "Learn a ranking from what visitors said yes to, and measure it."),
        "prompt": Entry("prompts:prompt", "List, show, compare, test, label and roll back prompts."),
        "models": Entry("models:models", "List the models that the settings name, and test whether they answer."),
        "serve": Entry("serve:serve", "Answer over HTTP, with a page for seekers."),
        "key": Entry("access:key", "Create, list and revoke access keys."),
        "erase": Entry("access:erase", "Remove a person's data from every table."),
        "settings": Entry("catalogue:settings", "Show every setting and where its value came from."),
        "demo": Entry("serve:demo", "Build the demo catalogue and serve it."),
    },
)
