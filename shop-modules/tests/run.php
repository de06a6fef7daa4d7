<?php
declare(strict_types=1);

/*
 * Runs the tests of the shop modules and checks every PHP file by "php -l".
 *
 *   php shop-modules/tests/run.php             all
 *   php shop-modules/tests/run.php magento     one folder of tests and one module
 *
 * A test file is tests/FOLDER/SomethingTest.php. It answers an array from a sentence that is true to a function of a Check;
 * a function that returns without a failed check has passed. Warnings, notices and deprecations fail a test.
 * The last line is "N passed, N failed, N skipped"; the exit code is 0 only when something passed and nothing failed.
 */

use Crossdock\Tests\Check;
use Crossdock\Tests\Skipped;

require __DIR__ . '/Check.php';

error_reporting(E_ALL);
ini_set('display_errors', '1');
date_default_timezone_set('UTC');
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if ((error_reporting() & $level) === 0) {
        return false;
    }

    throw new ErrorException($message, 0, $level, $file, $line);
});

$only = $argv[1] ?? null;
$modules = dirname(__DIR__);
[$passed, $failed, $skipped] = [0, 0, 0];

/** @return list<string> */
$below = static function (string $folder): array {
    $found = [];
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS)) as $file) {
        $found[] = $file->getPathname();
    }

    sort($found);
    return $found;
};

// One test per module: all of its files are valid PHP.
foreach (glob($modules . '/*', GLOB_ONLYDIR) as $module) {
    $name = basename($module);
    if ($only !== null && $only !== $name && $name !== 'tests') {
        continue;
    }

    $wrong = [];
    foreach (array_filter($below($module), static fn (string $file): bool => preg_match('/\.(php|phtml)$/', $file) === 1) as $file) {
        $output = [];
        exec(escapeshellarg(PHP_BINARY) . ' -d display_errors=1 -d error_reporting=-1 -l ' . escapeshellarg($file) . ' 2>&1', $output, $code);
        // A deprecation is printed although the code is 0.
        if ($code !== 0 || count(array_filter($output, static fn (string $line): bool => $line !== '')) !== 1) {
            $wrong[] = implode("\n    ", array_filter($output));
        }
    }

    if ($wrong === []) {
        $passed++;
    } else {
        $failed++;
        echo "FAIL $name: every file is valid PHP\n    ", implode("\n    ", $wrong), "\n";
    }
}

foreach ($below(__DIR__) as $file) {
    $folder = basename(dirname($file));
    if (!str_ends_with($file, 'Test.php') || ($only !== null && $only !== $folder)) {
        continue;
    }

    $name = $folder . '/' . basename($file, '.php');
    try {
        $tests = require $file;
        if (!is_array($tests) || $tests === []) {
            throw new LogicException('the file must return an array from sentences to functions');
        }
    } catch (Throwable $thrown) {
        $failed++;
        echo "FAIL $name: {$thrown->getMessage()} ({$thrown->getFile()}:{$thrown->getLine()})\n";
        continue;
    }

    foreach ($tests as $sentence => $test) {
        $check = new Check();
        try {
            $test($check);
            if ($check->count() === 0) {
                throw new LogicException('nothing was checked');
            }

            $passed++;
        } catch (Skipped $because) {
            $skipped++;
            echo "SKIP $name: $sentence: {$because->getMessage()}\n";
        } catch (Throwable $thrown) {
            $failed++;
            echo "FAIL $name: $sentence\n    {$thrown->getMessage()}\n    ", Check::where($thrown, $file), "\n";
        }
    }
}

echo "$passed passed, $failed failed, $skipped skipped\n";
exit($failed === 0 && $passed > 0 ? 0 : 1);
