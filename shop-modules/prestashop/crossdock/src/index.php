<?php
// No listing of this folder.
header('Location: ../');
exit;
