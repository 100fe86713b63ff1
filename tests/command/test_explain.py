# SPDX-License-Identifier: BSD-2-Clause
"""tsmparse explain: codes; its words are tried in test_docs.py."""
import os

from support import Case, main, run


class Codes(Case):
    def test_a_known_code(self):
        text = run("explain", "ANS1999E").text
        self.assertRegex(text, r"^ANS1999E \(error\): ")
        for word in ("seen with letter: E", "weight: yes", "source: ", "confidence A",
                     "verdict: a night that is good but for this line is then incomplete (E03: "):
            self.assertIn(word, text)

    def test_what_the_verdict_does_is_tried(self):
        for code, verdict in (("ANS1228E", "exceptions"), ("ANS1512E", "failed"),
                              ("ANS1898I", "complete"), ("ANS2820E", "incomplete")):
            self.assertIn(f"is then {verdict}", run("explain", code).text, code)

    def test_lower_case_several_and_without_letter(self):
        answer = run("explain", "ans1228e", "ANS1999", "e02")
        self.assertEqual(answer.code, 0)
        self.assertEqual([block.split(" ")[0] for block in answer.text.split("\n\n")],
                         ["ANS1228E", "ANS1999E", "e02:"])

    def test_another_letter(self):
        answer = run("explain", "ANS1228W")
        self.assertEqual(answer.code, 0)
        self.assertIn("the number decides what it means", answer.text)

    def test_from_memory(self):
        with open(os.path.join(os.environ["SAMPLES"], "../../lib/schema/messages.tsv"),
                  encoding="utf-8") as table:
            rows = [line.split("\t") for line in table][1:]
        remembered = [row[0] for row in rows if row[5] == "C"]
        self.assertTrue(remembered)
        for code in remembered[:20]:
            self.assertIn("from memory", run("explain", code).text)
        for row in rows[::7]:
            answer = run("explain", row[0])
            self.assertEqual(answer.code, 0)
            self.assertIn(row[2], answer.text)

    def test_unknown_codes_fall_back_to_their_letter(self):
        answer = run("explain", "ANS9999W")
        self.assertEqual(answer.code, 1)
        self.assertIn("ANS9999W (warning): not in the catalogue", answer.text)
        self.assertEqual(run("explain", "ANS9999").code, 1)

    def test_server_codes_are_not_judged_in_a_clients_log(self):
        self.assertNotIn("is then", run("explain", "ANR0406I").text)

    def test_nonsense(self):
        answer = run("explain", "\x1b[2J")
        self.assertEqual(answer.code, 1)
        self.assertClean(answer.err)
        self.assertEqual(len(answer.errors), 1)


main()
