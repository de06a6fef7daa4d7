<?php
declare(strict_types=1);

use Crossdock\Tests\Check;
use Crossdock\Tests\Failed;

return [
    'a check that does not hold throws' => static function (Check $check): void {
        $check->throws(Failed::class, static fn () => (new Check())->same(1, '1'));
        $check->throws(Failed::class, static fn () => (new Check())->true(false));
        $check->throws(Failed::class, static fn () => (new Check())->contains('a', 'b'));
        $check->throws(Failed::class, static fn () => (new Check())->containsNot('b', 'b'));
        $check->throws(Failed::class, static fn () => (new Check())->throws(Failed::class, static fn () => null));
    },
    'a warning of PHP is an exception here' => static function (Check $check): void {
        $nothing = [];
        $check->throws(ErrorException::class, static fn () => $nothing['missing']);
    },
];
