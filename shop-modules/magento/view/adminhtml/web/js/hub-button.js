define(['jquery', 'mage/translate'], function ($, $t) {
    'use strict';

    // A button that posts to an action and shows the sentence it answers beside itself.
    return function (config, element) {
        var button = $(element),
            answer = button.siblings('[data-role=answer]');

        button.on('click', function () {
            button.prop('disabled', true);
            answer.text($t('One moment ...'));
            $.ajax({ url: config.url, type: 'POST', dataType: 'json', data: { 'form_key': window.FORM_KEY } })
                .done(function (result) {
                    answer.text(result.message);
                })
                .fail(function () {
                    answer.text($t('The shop did not answer; sign in again and repeat.'));
                })
                .always(function () {
                    button.prop('disabled', false);
                });
        });
    };
});
