"""Runs the *_test.py of this folder and prints TAP, as the C tests do."""

import sys
import unittest
from pathlib import Path


class Tap(unittest.TestResult):
    def _add(self, line, test, reason=''):
        print(f'{line} {self.testsRun} - {test._testMethodName}', flush=True)
        for each in reason.splitlines():
            print(f'# {each}', flush=True)

    def addSuccess(self, test):
        self._add('ok', test)

    def addSkip(self, test, reason):
        print(f'# skipped: {reason}')
        print(f'ok {self.testsRun} # SKIP {test._testMethodName}', flush=True)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._add('not ok', test, self._exc_info_to_string(error, test))

    addError = addFailure


tests = unittest.defaultTestLoader.discover(str(Path(__file__).parent), sys.argv[1] if len(sys.argv) > 1 else '*_test.py')
print(f'TAP version 13\n1..{tests.countTestCases()}', flush=True)
result = Tap()
tests.run(result)
sys.exit(not result.wasSuccessful())
