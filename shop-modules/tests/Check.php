<?php
declare(strict_types=1);

namespace Crossdock\Tests;

/** What a test says must be true. The first that is not ends the test. */
final class Check
{
    private int $count = 0;

    public function count(): int
    {
        return $this->count;
    }

    /** Equal by value and type; arrays also in the order of their keys. */
    public function same(mixed $expected, mixed $actual, string $of = ''): void
    {
        $this->count++;
        if ($expected !== $actual) {
            throw new Failed(($of === '' ? '' : "$of: ") . 'expected ' . self::show($expected) . ', is ' . self::show($actual));
        }
    }

    public function true(bool $actual, string $of = 'it'): void
    {
        $this->count++;
        if (!$actual) {
            throw new Failed("$of is not true");
        }
    }

    public function contains(string $part, string $text): void
    {
        $this->count++;
        if (!str_contains($text, $part)) {
            throw new Failed(self::show($part) . ' is not in ' . self::show($text));
        }
    }

    public function containsNot(string $part, string $text): void
    {
        $this->count++;
        if (str_contains($text, $part)) {
            throw new Failed(self::show($part) . ' is in ' . self::show($text));
        }
    }

    /** @param class-string<\Throwable> $class */
    public function throws(string $class, callable $what): \Throwable
    {
        $this->count++;
        try {
            $what();
        } catch (\Throwable $thrown) {
            if ($thrown instanceof $class) {
                return $thrown;
            }

            throw $thrown;
        }

        throw new Failed("no $class was thrown");
    }

    public function skip(string $because): never
    {
        throw new Skipped($because);
    }

    /** The line of the test file that led to it. */
    public static function where(\Throwable $thrown, string $file): string
    {
        if ($thrown->getFile() === $file) {
            return "$file:{$thrown->getLine()}";
        }

        foreach ($thrown->getTrace() as $step) {
            if (($step['file'] ?? '') === $file) {
                return "$file:{$step['line']} (thrown at {$thrown->getFile()}:{$thrown->getLine()})";
            }
        }

        return "{$thrown->getFile()}:{$thrown->getLine()}";
    }

    private static function show(mixed $value): string
    {
        $text = is_string($value) ? var_export($value, true) : (json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR) ?: get_debug_type($value));
        return strlen($text) > 2000 ? substr($text, 0, 2000) . ' ...' : $text;
    }
}

final class Failed extends \RuntimeException
{
}

final class Skipped extends \RuntimeException
{
}
