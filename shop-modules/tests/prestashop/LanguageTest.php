<?php
declare(strict_types=1);

use Crossdock\Tests\Check;

/** The module has to run on PHP 7.1: words of newer versions that "php -l" of this one does not mind. */
$newer = static function (string $code): array {
    $found = [];
    $tokens = token_get_all($code);
    foreach ($tokens as $index => $token) {
        if (!is_array($token)) {
            continue;
        }

        $name = token_name($token[0]);
        if (in_array($name, ['T_FN', 'T_COALESCE_EQUAL', 'T_MATCH', 'T_ATTRIBUTE', 'T_ENUM', 'T_READONLY', 'T_NULLSAFE_OBJECT_OPERATOR'], true) || in_array($token[1], ['str_starts_with', 'str_ends_with', 'str_contains', 'array_is_list', 'array_key_first', 'array_key_last'], true)) {
            $found[] = "$token[1] in line $token[2]";
        }

        // A typed property: a word of visibility, a type, a variable.
        if (in_array($name, ['T_PUBLIC', 'T_PRIVATE', 'T_PROTECTED'], true)) {
            $rest = array_values(array_filter(array_slice($tokens, $index + 1, 8), static fn ($next): bool => is_array($next) ? !in_array($next[0], [T_WHITESPACE, T_STATIC], true) : $next !== '?'));
            if (is_array($rest[0]) && $rest[0][0] !== T_VARIABLE && $rest[0][0] !== T_FUNCTION && $rest[0][0] !== T_CONST && isset($rest[1]) && is_array($rest[1]) && $rest[1][0] === T_VARIABLE) {
                $found[] = "a typed property in line $token[2]";
            }
        }
    }

    return $found;
};

return [
    'no file uses words that PHP 7.1 does not know' => static function (Check $check) use ($newer): void {
        $files = iterator_to_array(new RegexIterator(new RecursiveIteratorIterator(new RecursiveDirectoryIterator(__DIR__ . '/../../prestashop/crossdock')), '/\.php$/'));
        $check->true(count($files) > 10);
        foreach ($files as $file) {
            $check->same([], $newer(file_get_contents((string) $file)), basename((string) $file));
        }
    },
    'such words would be found' => static function (Check $check) use ($newer): void {
        foreach (['fn () => 1', '$a ??= 1', 'match (1) { 1 => 2 }', '$a?->b', 'str_contains("a", "b")', 'new class { private int $x; }', 'new class { private static ?int $x; }'] as $code) {
            $check->true($newer("<?php \$x = $code;") !== [], $code);
        }

        $check->same([], $newer('<?php class A { private $x; private static $y; public function f(int $a): int { return $a ?? 1; } const B = 1; }'));
    },
];
